import type { DecisionsService } from '../application/decisions.service.ts';
import type { Actor } from '../domain/roles.ts';

/** Titles by code of the decisions that the actor may see. */
export async function decisionTitles(decisions: DecisionsService, actor: Actor): Promise<ReadonlyMap<string, string>> {
  return new Map((await decisions.list(actor)).map((decision) => [decision.decision, decision.title]));
}
