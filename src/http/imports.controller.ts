import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Body, Param, Query, Req } from '@nestjs/common';
import { ImportsService, type ImportReport } from '../application/imports.service.ts';
import { inputOpener } from '../application/input-opener.ts';
import { mappingText, shippedMappings } from '../application/mappings.ts';
import { InvalidInput, Refusal } from '../domain/errors.ts';
import type { Actor } from '../domain/roles.ts';
import { kindNamed } from '../intake/kinds/all.ts';
import { KIND_NAMES } from '../intake/kinds/kind.ts';
import { mappingReference } from '../intake/mapping-language.ts';
import { Who } from './bearer.guard.ts';
import { eventFile, EVENT_KINDS } from './event-file.ts';
import { QueryFlag, Records, Text } from './fields.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Does, Reads, Tries } from './operation.ts';
import { CodePipe } from './request.pipe.ts';
import type { UploadRequest } from './request.interceptor.ts';

const MOST_IMPORTS = 100_000;
const MOST_EVENTS = 10_000;
/** Refused rows that an answer carries; more are had by importing a part of the file. */
const LONGEST_REFUSED = 1_000_000;

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

class SuggestQuery {
  @Text({ about: 'kind of the rows; default: guessed', max: 100, optional: true })
  readonly kind?: string;

  @Text({ about: 'name of the file', max: 200, optional: true })
  readonly fileName?: string;
}

/** Facts in: files as a person has them, and events in batches as a system sends them. */
@Api('Imports')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Reads('imports', { about: 'what was imported, newest first' })
  async history(@Who() actor: Actor, @Query() query: ListQuery): Promise<unknown> {
    return listing(await this.imports.history(actor, MOST_IMPORTS), (row) => row.importId, query);
  }

  @Does('imports/company', { about: 'name, currency and time zone of the company' })
  async company(
    @Who() actor: Actor,
    @Body() { yaml }: CompanyRequest,
    @Query() { dryRun = false }: CompanyQuery,
  ): Promise<unknown> {
    return { company: await this.imports.importCompany(actor, yaml, { dryRun }) };
  }

  @Does('imports/:kind', { about: 'import one file: all of it or, when a row is bad, nothing', upload: true })
  async file(
    @Who() actor: Actor,
    @Param('kind', CodePipe) kind: string,
    @Query() query: ImportQuery,
    @Req() { upload }: UploadRequest,
  ): Promise<unknown> {
    const { open, mapping } = inputOpener('upload', mappingOf(query.mapping, upload.fields['mapping']));
    const { dryRun = false, acceptValid = false, createReasons = false } = query;
    const errorFolder = await mkdtemp(join(tmpdir(), 'answerable-refused-'));
    try {
      const report = await this.imports.importFile(actor, kind, upload.path, {
        ...{ dryRun, acceptValid, createReasons, open, mapping, errorFolder },
        fileName: upload.name,
      });
      return { ...kept(report), refusedRows: await refusedRows(errorFolder) };
    } finally {
      await rm(errorFolder, { recursive: true, force: true });
    }
  }

  @Does('imports/:id/undo', { about: 'take an import back while its periods are open' })
  async undo(@Who() actor: Actor, @Param('id', CodePipe) id: string): Promise<unknown> {
    return await this.imports.undo(actor, id);
  }

  @Does('events/:kind', { about: `take a batch of events: ${EVENT_KINDS.join(', ')}; a known event changes nothing` })
  async events(
    @Who() actor: Actor,
    @Param('kind', CodePipe) kind: string,
    @Body() { events }: EventsRequest,
    @Query() { dryRun = false }: EventsQuery,
  ): Promise<unknown> {
    const file = eventFile(kind, events);
    return kept(await this.imports.importFile(actor, kind, file, { dryRun, fileName: `events of ${actor.login}` }));
  }

  @Reads('kinds', { about: 'kinds of input' })
  kinds(): unknown {
    return { items: KIND_NAMES, next: null };
  }

  @Reads('kinds/:kind', { about: 'columns of a kind' })
  kind(@Param('kind', CodePipe) kind: string): unknown {
    return kindNamed(kind);
  }

  @Reads('kinds/:kind/rows/:key/versions', { about: 'every content that the rows of a key have had, and whence' })
  async versions(
    @Who() actor: Actor,
    @Param('kind', CodePipe) kind: string,
    @Param('key', CodePipe) key: string,
  ): Promise<unknown> {
    return { items: await this.imports.versions(actor, kind, key), next: null };
  }

  @Reads('mappings', { about: 'the language of mapping files, and the shipped ones' })
  mappings(): unknown {
    return { reference: mappingReference(), shipped: [...shippedMappings().keys()] };
  }

  @Tries('mappings/suggest', { about: 'a mapping for a file, with its first rows as interpreted', upload: true })
  async suggest(
    @Who() actor: Actor,
    @Query() { kind }: SuggestQuery,
    @Req() { upload }: UploadRequest,
  ): Promise<unknown> {
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

/** @throws InvalidInput when nothing was taken because of its rows */
function kept(report: ImportReport): Omit<ImportReport, 'errorFile'> {
  if (report.importId === null && !report.dryRun && report.faultCount > 0)
    throw new InvalidInput(report.faults, report.faultCount);
  const { errorFile: _, ...rest } = report;
  return rest;
}

/** CSV of the refused rows with what is wrong with each; null when there are none, or too many for an answer. */
async function refusedRows(folder: string): Promise<string | null> {
  const [name] = await readdir(folder);
  if (name === undefined) return null;
  const path = join(folder, name);
  return (await stat(path)).size > LONGEST_REFUSED ? null : await readFile(path, 'utf8');
}
