import { AssetsController } from './assets.controller.ts';
import { AuditController } from './audit.controller.tsx';
import { CloseBoardController } from './close-board.controller.tsx';
import { DecisionsController } from './decisions.controller.tsx';
import { DisputesController } from './disputes.controller.tsx';
import { ExplainController } from './explain.controller.tsx';
import { GlossaryController } from './glossary.controller.tsx';
import { HomeController } from './home.controller.tsx';
import { JobPageController } from './jobs.controller.tsx';
import { ImportsController } from './imports.controller.tsx';
import { OidcController } from './oidc.controller.tsx';
import { RulesController } from './rules.controller.tsx';
import { SettingsController } from './settings.controller.tsx';
import { SignInController } from './sign-in.controller.tsx';
import { StatementsController } from './statements.controller.tsx';
import { UnitsController } from './units.controller.tsx';
import { ValueController } from './value.controller.tsx';

/** Every controller that answers with a page. */
export const PAGES = [
  AssetsController,
  HomeController,
  CloseBoardController,
  StatementsController,
  UnitsController,
  ValueController,
  DecisionsController,
  DisputesController,
  ExplainController,
  ImportsController,
  JobPageController,
  RulesController,
  GlossaryController,
  AuditController,
  SettingsController,
  SignInController,
  OidcController,
];
