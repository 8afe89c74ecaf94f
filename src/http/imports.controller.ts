import { Body, Param, Query, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { ImportsService } from '../application/imports.service.ts';
import { JobsService } from '../application/jobs.service.ts';
import { mappingText, shippedMappings } from '../application/mappings.ts';
import { taken, Worker } from '../application/work.ts';
import { Refusal } from '../domain/errors.ts';
import type { Actor } from '../domain/roles.ts';
import { csvTemplate, xlsxTemplate } from '../intake/import-template.ts';
import { kindNamed } from '../intake/kinds/all.ts';
import { KIND_NAMES } from '../intake/kinds/kind.ts';
import { mappingReference } from '../intake/mapping-language.ts';
import { Who } from './bearer.guard.ts';
import { eventFile, EVENT_KINDS } from './event-file.ts';
import { OneOf, QueryFlag, Records, Text } from './fields.ts';
import { Accepted, Later } from './later.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Does, Reads, Tries } from './operation.ts';
import { CodePipe } from './request.pipe.ts';
import type { UploadRequest } from './request.interceptor.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MOST_IMPORTS = 100_000;
const MOST_EVENTS = 10_000;

class ImportQuery {
  @QueryFlag({ about: 'say what would change; write nothing' })
  readonly dryRun?: boolean;

  @QueryFlag({ about: 'take the good rows, keep the bad ones with the import' })
  readonly acceptValid?: boolean;

  @QueryFlag({ about: 'make unknown reasons of contacts, without owner' })
  readonly createReasons?: boolean;

  @Text({ about: 'name of a shipped mapping; its text may be the form field `mapping`', max: 300, optional: true })
  readonly mapping?: string;

  @Text({ about: 'name for reports and history, when the body is the file itself', max: 200, optional: true })
  readonly fileName?: string;
}

class CompanyRequest {
  @Text({ about: 'text of company.yaml', max: 100_000 })
  readonly yaml: string;
}

class CompanyQuery {
  @QueryFlag({ about: 'say what would change; write nothing' })
  readonly dryRun?: boolean;
}

class EventsRequest {
  @Records({ about: 'one object an event, with the columns of the kind', most: MOST_EVENTS })
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

class EventsQuery {
  @QueryFlag({ about: 'say what would change; write nothing' })
  readonly dryRun?: boolean;
}

class TemplateQuery {
  @OneOf(['csv', 'xlsx'], { about: 'default: csv', optional: true })
  readonly format?: 'csv' | 'xlsx';
}

class SuggestQuery {
  @Text({ about: 'kind of the rows; default: guessed', max: 100, optional: true })
  readonly kind?: string;

  @Text({ about: 'name of the file', max: 200, optional: true })
  readonly fileName?: string;
}

/** Facts in: files as a person has them, and events in batches as a system sends them. */
@Api('Imports')
export class ImportsController {
  constructor(
    private readonly imports: ImportsService,
    private readonly worker: Worker,
    private readonly jobs: JobsService,
  ) {}

  @Reads('imports', { about: 'what was imported, newest first' })
  async history(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.imports.history(actor, MOST_IMPORTS), (row) => row.importId, query);
  }

  @Does('imports/company', { about: 'name, currency and time zone of the company' })
  async company(@Who() actor: Actor, @Body() { yaml }: CompanyRequest, @Query() { dryRun = false }: CompanyQuery) {
    return { company: await this.imports.importCompany(actor, yaml, { dryRun }) };
  }

  @Does('imports/:kind', {
    about: 'import one file: all of it or, when a row is bad, nothing',
    upload: true,
    long: true,
  })
  async file(
    @Who() actor: Actor,
    @Param('kind', CodePipe) kind: string,
    @Query() query: ImportQuery,
    @Req() { upload }: UploadRequest,
    @Later() later: boolean,
  ) {
    const mapping = mappingOf(query.mapping, upload.fields['mapping']);
    const { dryRun = false, acceptValid = false, createReasons = false } = query;
    const flags = { dryRun, acceptValid, createReasons, ...(mapping === undefined ? {} : { mapping }) };
    const work = { kind: 'import' as const, of: kindNamed(kind).name, fileName: upload.name, ...flags };
    if (later) return new Accepted(await this.jobs.ask(actor, work, upload.path));
    return (await this.worker.do(actor, work, upload.path)).answer;
  }

  @Does('imports/:id/undo', { about: 'take an import back while its periods are open' })
  async undo(@Who() actor: Actor, @Param('id', CodePipe) id: string) {
    return await this.imports.undo(actor, id);
  }

  @Does('events/:kind', { about: `take a batch of events: ${EVENT_KINDS.join(', ')}; a known event changes nothing` })
  async events(
    @Who() actor: Actor,
    @Param('kind', CodePipe) kind: string,
    @Body() { events }: EventsRequest,
    @Query() { dryRun = false }: EventsQuery,
  ) {
    const file = eventFile(kind, events);
    return taken(await this.imports.importFile(actor, kind, file, { dryRun, fileName: `events of ${actor.login}` }));
  }

  @Reads('kinds', { about: 'kinds of input' })
  kinds() {
    return { items: KIND_NAMES, next: null };
  }

  @Reads('kinds/:kind', { about: 'columns of a kind' })
  kind(@Param('kind', CodePipe) kind: string) {
    return kindNamed(kind);
  }

  @Reads('kinds/:kind/template', {
    about: 'header and example row of a kind; the XLSX has a legend on its second sheet',
    types: ['text/csv', XLSX],
  })
  async template(
    @Param('kind', CodePipe) kind: string,
    @Query() { format = 'csv' }: TemplateQuery,
    @Res() response: Response,
  ): Promise<void> {
    const wanted = kindNamed(kind);
    const isXlsx = format === 'xlsx';
    const content = isXlsx ? await xlsxTemplate(wanted) : csvTemplate(wanted);
    response.attachment(isXlsx ? wanted.file.replace(/\.csv$/, '.xlsx') : wanted.file).send(content);
  }

  @Reads('kinds/:kind/rows/:key/versions', { about: 'every content that the rows of a key have had, and whence' })
  async versions(@Who() actor: Actor, @Param('kind', CodePipe) kind: string, @Param('key', CodePipe) key: string) {
    return { items: await this.imports.versions(actor, kind, key), next: null };
  }

  @Reads('mappings', { about: 'the language of mapping files, and the shipped ones' })
  mappings() {
    return { reference: mappingReference(), shipped: [...shippedMappings().keys()] };
  }

  @Tries('mappings/suggest', { about: 'a mapping for a file, with its first rows as interpreted', upload: true })
  async suggest(@Who() actor: Actor, @Query() { kind }: SuggestQuery, @Req() { upload }: UploadRequest) {
    return { mapping: await this.imports.suggestMapping(actor, upload.path, kind) };
  }
}

/** A text of the form, or a shipped one by name: a name never leads to another file of the server. */
function mappingOf(name: string | undefined, text: string | undefined): { yaml: string; file: string } | undefined {
  if (text !== undefined) return { yaml: text, file: 'mapping' };
  if (name === undefined) return undefined;
  const path = shippedMappings().get(name);
  if (path !== undefined) return mappingText(path);
  throw new Refusal('unknown_mapping', `there is no shipped mapping "${name}"`, {
    kind: 'not_found',
    next: `shipped: ${[...shippedMappings().keys()].join(', ')}`,
  });
}
