import { existsSync } from 'node:fs';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ImportsService } from '../application/imports.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { UploadsService } from '../application/uploads.service.ts';
import { InvalidInput, Refusal, type InputFault } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { csvTemplate, xlsxTemplate } from '../intake/import-template.ts';
import { KINDS, kindNamed } from '../intake/kinds/all.ts';
import { typed } from './form.tsx';
import { PageDoor } from './page-door.ts';
import { CheckPage } from './pages/import-check.tsx';
import { ColumnsPage } from './pages/import-columns.tsx';
import { SourcesSection } from './pages/import-sources.tsx';
import { ImportsPage } from './pages/imports.tsx';
import { send } from './send.ts';

const HISTORY = 60;
/** Imports from which the newest of each kind is told. */
const LOOKED_BACK = 400;

/** Data in four steps, one address each: file, columns, check, load; history and undo. */
@Controller('imports')
export class ImportsController {
  constructor(
    private readonly door: PageDoor,
    private readonly imports: ImportsService,
    private readonly uploads: UploadsService,
    private readonly statements: StatementsService,
  ) {}

  @Get()
  async home(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, (actor) => this.start(request, response, actor));
  }

  /** Step 1: the file is taken, and what it may be is guessed. */
  @Post()
  async upload(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      requireRight(actor, 'import');
      const { file } = request;
      if (file === undefined || file.size === 0)
        return await this.start(
          request,
          response,
          actor,
          faultsOf(new Refusal('no_file', 'no file was chosen', { next: 'Choose a CSV or XLSX file.' })),
        );
      try {
        const { id } = await this.uploads.take(actor, file.path, file.originalname, file.size);
        response.redirect(303, `/imports/${id}/columns`);
      } catch (error) {
        await this.start(request, response, actor, faultsOf(error));
      }
    });
  }

  /** An import template, as CSV or, with its legend, as XLSX: the header of a kind and one example row. */
  @Get('templates/:file')
  async template(@Req() request: Request, @Res() response: Response, @Param('file') file: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      requireRight(actor, 'read_all');
      const kind = kindNamed(file.replace(/\.(?:csv|xlsx)$/, ''));
      const isXlsx = file.endsWith('.xlsx');
      const content = isXlsx ? await xlsxTemplate(kind) : csvTemplate(kind);
      const name = isXlsx ? kind.file.replace(/\.csv$/, '.xlsx') : kind.file;
      response.attachment(name).type(isXlsx ? 'xlsx' : 'text/csv');
      response.send(content);
    });
  }

  @Post('history/:id/undo')
  async undo(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      await this.imports.undo(actor, id);
      response.redirect(303, '/imports');
    });
  }

  @Get(':id/columns')
  async columns(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, (actor) => this.showColumns(request, response, actor, id));
  }

  /** Step 2: another kind is guessed anew; a mapping as it is, or mended, goes into the dry run. */
  @Post(':id/columns')
  async map(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const { step, kind = '', mapping = '', reasons } = typed(request);
      try {
        if (step === 'kind') {
          await this.uploads.chooseKind(actor, id, kind);
          return response.redirect(303, `/imports/${id}/columns`);
        }
        const text = `${mapping.replace(/\r\n?/g, '\n')}\n`;
        await this.uploads.check(actor, id, { mapping: text, createReasons: reasons === 'on' });
        response.redirect(303, `/imports/${id}/check`);
      } catch (error) {
        if (error instanceof Refusal && error.kind !== 'unprocessable') throw error;
        await this.showColumns(request, response, actor, id, faultsOf(error));
      }
    });
  }

  /** Step 3: what loading would do. */
  @Get(':id/check')
  async check(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const upload = this.uploads.find(actor, id);
      if (upload.report === null) return response.redirect(303, `/imports/${id}/columns`);
      const { control } = request.query;
      const view = await this.door.viewOf(request, response, actor, undefined, null);
      const figure = typeof control === 'string' ? control.trim() : '';
      send(response, 200, <CheckPage view={view} upload={upload} report={upload.report} control={figure} />);
    });
  }

  /** The refused rows with an `error` column: mend them and upload the file again. */
  @Get(':id/refused.csv')
  async refused(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, (actor) => {
      const { report, name } = this.uploads.find(actor, id);
      if (report?.errorFile === undefined || !existsSync(report.errorFile))
        throw new Refusal('no_such_file', 'no row of this file is refused', { kind: 'not_found' });
      response.download(report.errorFile, `refused-${name.replace(/\.(csv|xlsx|gz)$/i, '')}.csv`);
      return Promise.resolve();
    });
  }

  /** Step 4. */
  @Post(':id/load')
  async load(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const report = await this.uploads.load(actor, id, typed(request)['accept'] === 'on');
      const refused = report.importId === null && report.faultCount > 0;
      const done = report.importId === null ? 'nothing' : report.importId;
      response.redirect(303, refused ? `/imports/${id}/check` : `/imports?loaded=${done}`);
    });
  }

  @Post(':id/drop')
  async drop(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      await this.uploads.drop(actor, id);
      response.redirect(303, '/imports');
    });
  }

  private async start(
    request: Request,
    response: Response,
    actor: Actor,
    faults: readonly InputFault[] = [],
  ): Promise<void> {
    const { loaded } = request.query;
    const view = await this.door.viewOf(request, response, actor, undefined, null);
    const history = await this.imports.history(actor, LOOKED_BACK);
    const set =
      view.period === null || view.run === null
        ? null
        : ((await this.statements.document(actor, view.period as Period)) as unknown as StatementSet);
    const reasons = await this.statements.reasonNames();
    const page = (
      <ImportsPage
        view={view}
        history={history.slice(0, HISTORY)}
        sources={<SourcesSection {...{ view, history, reasons }} coverage={set?.coverage ?? null} />}
        uploads={may(actor, 'import') ? this.uploads.list(actor) : null}
        kinds={KINDS}
        loaded={typeof loaded === 'string' ? loaded : null}
        faults={faults}
        most={HISTORY}
      />
    );
    send(response, faults.length === 0 ? 200 : 422, page);
  }

  private async showColumns(
    request: Request,
    response: Response,
    actor: Actor,
    id: string,
    faults: readonly InputFault[] = [],
  ): Promise<void> {
    const upload = this.uploads.find(actor, id);
    const view = await this.door.viewOf(request, response, actor, undefined, null);
    const page = <ColumnsPage view={view} upload={upload} kinds={KINDS} faults={faults} />;
    send(response, faults.length === 0 ? 200 : 422, page);
  }
}

function faultsOf(error: unknown): readonly InputFault[] {
  if (error instanceof InvalidInput) return error.faults;
  if (error instanceof Refusal && error.kind === 'unprocessable')
    return [{ file: '', code: error.code, message: error.message, remedy: error.next ?? '' }];
  throw error;
}
