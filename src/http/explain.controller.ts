import { Body, Param, Query } from '@nestjs/common';
import { DecisionsService } from '../application/decisions.service.ts';
import { ExplainService } from '../application/explain.service.ts';
import { NotesService } from '../application/notes.service.ts';
import { RunsService } from '../application/runs.service.ts';
import type { Actor } from '../domain/roles.ts';
import { Who } from './bearer.guard.ts';
import { PeriodText, QueryFlag, Text } from './fields.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Does, Reads } from './operation.ts';
import { CodePipe } from './request.pipe.ts';

class LineQuery {
  @QueryFlag({ about: 'every contact instead of the first hundred' })
  readonly all?: boolean;
}

class DecisionQuery {
  @PeriodText({ about: 'first month; default: of its announcement', optional: true })
  readonly from?: string;

  @PeriodText({ about: 'last month; default: the newest that was closed', optional: true })
  readonly to?: string;
}

class NoteRequest {
  @Text({ about: 'what to say', example: 'the fee is waived for new customers from June on' })
  readonly text: string;
}

/** Why: from a charge, from a contact, from a decision, from one run to another. */
@Api('Explanations')
export class ExplanationsController {
  constructor(
    private readonly explain: ExplainService,
    private readonly decisions: DecisionsService,
    private readonly runs: RunsService,
    private readonly notes: NotesService,
  ) {}

  @Reads('explain/contacts/:id', { about: 'contact → rule → rate → line' })
  async contact(@Who() actor: Actor, @Param('id', CodePipe) id: string) {
    return await this.explain.contact(actor, id);
  }

  @Reads('explain/lines/:id', { about: 'line → contacts, rate, pool, ledger entries' })
  async line(@Who() actor: Actor, @Param('id', CodePipe) id: string, @Query() { all = false }: LineQuery) {
    return await this.explain.line(actor, id, { all });
  }

  @Reads('decisions', { about: 'every decision that one may see' })
  async list(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.decisions.list(actor), (row) => row.decision, query);
  }

  @Reads('decisions/:code', { about: 'what a decision earned and cost, its incremental contacts, break-even' })
  async report(@Who() actor: Actor, @Param('code', CodePipe) code: string, @Query() { from, to }: DecisionQuery) {
    return await this.decisions.report(actor, code, { from, to });
  }

  @Reads('decisions/:code/notes', { about: 'what the owners of a decision say about it, newest first' })
  async notesOn(@Who() actor: Actor, @Param('code', CodePipe) code: string, @Query() query: ListQuery) {
    return listing(await this.notes.list(actor, code), (row) => row.id, query);
  }

  @Does('decisions/:code/notes', { about: 'say something about a decision, as an owner of it' })
  async note(@Who() actor: Actor, @Param('code', CodePipe) code: string, @Body() { text }: NoteRequest) {
    return await this.notes.write(actor, code, text);
  }

  @Reads('runs/:before/compare/:after', { about: 'lines that differ between two runs of a period, and why' })
  async compare(
    @Who() actor: Actor,
    @Param('before', CodePipe) before: string,
    @Param('after', CodePipe) after: string,
  ) {
    return await this.runs.compare(actor, before, after);
  }
}
