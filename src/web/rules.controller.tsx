import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ModelsService, type ModelTrial } from '../application/models.service.ts';
import { InvalidInput, Refusal, type InputFault } from '../domain/errors.ts';
import { period as periodOfText } from '../domain/period.ts';
import { may, requireRight } from '../domain/roles.ts';
import { typed } from './form.tsx';
import { PageDoor } from './page-door.ts';
import { RulesPage, TryRulesPage } from './pages/rules.tsx';
import { send } from './send.ts';

/** The rule book by version, what differs between two, and other rules tried on a month. */
@Controller('rules')
export class RulesController {
  constructor(
    private readonly door: PageDoor,
    private readonly models: ModelsService,
  ) {}

  @Get()
  async rules(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const asked = (name: string): string | undefined => {
        const value = request.query[name];
        return typeof value === 'string' ? value : undefined;
      };
      const { version, from } = { version: asked('version'), from: asked('from') };
      requireRight(actor, 'read_all');
      const inPeriod = (p: string): string => `/rules?period=${p}`;
      const view = await this.door.viewOf(request, response, actor, undefined, inPeriod);
      const model = await this.models.show(actor, version ?? view.period ?? undefined);
      const inForce = view.period !== null && (await this.models.show(actor, view.period)).model_id === model.model_id;
      const changes = from === undefined ? null : await this.models.diff(actor, from, `${model.model_id}`);
      send(
        response,
        200,
        <RulesPage
          view={view}
          model={model}
          versions={await this.models.list(actor)}
          inForce={inForce}
          difference={changes === null ? null : { from: Number(from), changes }}
          mayApply={may(actor, 'change_model')}
        />,
      );
    });
  }

  @Get('try')
  async form(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      requireRight(actor, 'read_all');
      const view = await this.door.viewOf(request, response, actor, undefined, null);
      const { yaml } = await this.models.show(actor, view.period ?? undefined);
      const mayApply = may(actor, 'change_model');
      const from = view.period ?? '';
      send(response, 200, <TryRulesPage {...{ view, yaml, from, mayApply }} trial={null} faults={[]} />);
    });
  }

  @Post('try')
  async tried(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const { yaml = '', period = '', from = '', step } = typed(request);
      const text = `${yaml.replace(/\r\n?/g, '\n')}\n`;
      let trial: ModelTrial | null = null;
      let faults: readonly InputFault[] = [];
      try {
        if (step === 'apply') {
          const { modelId } = await this.models.apply(actor, text, from);
          return response.redirect(303, `/rules?version=${modelId}`);
        }
        trial = await this.models.tryOn(actor, text, periodOfText(period));
      } catch (error) {
        if (error instanceof InvalidInput) faults = error.faults;
        else if (error instanceof Refusal && error.kind === 'unprocessable') faults = [faultOf(error)];
        else throw error;
      }
      const view = await this.door.viewOf(request, response, actor, trial?.period, null);
      const mayApply = may(actor, 'change_model');
      const page = <TryRulesPage {...{ view, from, trial, faults, mayApply }} yaml={text} />;
      send(response, faults.length === 0 ? 200 : 422, page);
    });
  }
}

function faultOf(refusal: Refusal): InputFault {
  const message = [refusal.message, ...refusal.details].join('; ');
  return { file: 'model.yaml', code: refusal.code, message, remedy: refusal.next ?? '' };
}
