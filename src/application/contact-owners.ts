import { NO_SHARES, type Cause } from '../domain/attribution/causes.ts';
import type { Register } from '../domain/attribution/register.ts';
import { attribute } from '../domain/attribution/rulebook.ts';
import { Refusal } from '../domain/errors.ts';
import type { Model } from '../domain/model/model.ts';
import type { Dimensions } from '../domain/model/selector.ts';
import { type LocalDate } from '../domain/period.ts';
import type { Assignee } from '../domain/retention/apportioned-effect.ts';
import type { CellRow } from '../persistence/close-inputs.queries.ts';

/** A contact, or a hit by a decision, as who answers for it depends on it. Plain data. */
export type Touch =
  | {
      readonly is: 'contact';
      readonly dimensions: Dimensions;
      readonly tag: string | null;
      readonly day: LocalDate;
      readonly causes: readonly Cause[];
    }
  | { readonly is: 'hit'; readonly decision: string; readonly day: LocalDate };

/**
 * Who answers for contacts and hits. Contacts go through the rulebook as at a close, with their dimensions, tag and hits;
 * text and the month's backgrounds are not asked: the effect is shared out, not charged.
 */
export class ContactOwners {
  constructor(
    private readonly model: Pick<Model, 'rules' | 'tiers'>,
    private readonly register: Register,
  ) {}

  /** Nobody's before anybody owned the decision, or the unit existed. */
  of(touch: Touch): readonly Assignee[] {
    try {
      return touch.is === 'hit' ? this.ofHit(touch.decision, touch.day) : this.ofContact(touch);
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      return [];
    }
  }

  /** Who answers for a contact of a cell on a day. */
  takers(cell: CellRow, day: LocalDate): readonly Assignee[] {
    return this.ofContact({ dimensions: dimensionsOf(cell), tag: cell.decision_code, day, causes: [] });
  }

  private ofHit(decision: string, day: LocalDate): readonly Assignee[] {
    return this.register.ownersOf(decision, day).map(({ unit, share }) => ({ unit, decision, share }));
  }

  private ofContact(contact: Omit<Extract<Touch, { is: 'contact' }>, 'is'>): readonly Assignee[] {
    const { parts } = attribute({ ...contact, textHits: new Set() }, this.model, this.register, NO_SHARES);
    return parts.map(({ unit, decision, share }) => ({ unit, decision: decision ?? undefined, share }));
  }
}

export function dimensionsOf(cell: CellRow): Dimensions {
  const { channel, reason_code: reason, queue, site, vendor, product, segment, language, direction } = cell;
  return { channel, reason, queue, site, vendor, product, segment, language, direction };
}
