import { Command } from 'commander';
import { packageVersion } from '../package-root.ts';
import { addAccountCommands } from './commands/accounts.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addBenchCommand } from './commands/bench.ts';
import { addCorrectionCommands } from './commands/corrections.ts';
import { addDecisionCommand } from './commands/decision.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDisputeCommands } from './commands/disputes.ts';
import { addDistributeCommand } from './commands/distribute.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addExplainCommands } from './commands/explain.ts';
import { addGenerateCommand } from './commands/generate.ts';
import { addImportCommands } from './commands/imports.ts';
import { addIssuedCommands } from './commands/issued.ts';
import { addMailCommand } from './commands/mail.ts';
import { addModelCommands } from './commands/model.ts';
import { addPeriodCommands } from './commands/periods.ts';
import { addServerCommands } from './commands/server.ts';
import { addStatementsCommand } from './commands/statements.ts';
import { addValueCommand } from './commands/value.ts';

const AFTER_HELP = `
Who acts: ANSWERABLE_TOKEN, or --as USER on the embedded database (finance when nobody is named).
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a rule, 4 the books do not balance.
Start here: answerable demo`;

/** Every command of the binary, one file per family. */
export function program(): Command {
  const root = new Command('answerable')
    .description(
      'Decisions answer for the customer contacts they cause: per-unit chargeback that ties to the ledger to the cent.',
    )
    .version(packageVersion)
    .helpOption('-h, --help', 'this text, or that of a command')
    .addHelpText('after', AFTER_HELP)
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .showSuggestionAfterError()
    .exitOverride();
  addDemoCommand(root);
  addImportCommands(root);
  addModelCommands(root);
  addPeriodCommands(root);
  addStatementsCommand(root);
  addValueCommand(root);
  addIssuedCommands(root);
  addMailCommand(root);
  addDisputeCommands(root);
  addCorrectionCommands(root);
  addDecisionCommand(root);
  addExplainCommands(root);
  addEvaluateCommand(root);
  addGenerateCommand(root);
  addBenchCommand(root);
  addServerCommands(root);
  addDistributeCommand(root);
  addAccountCommands(root);
  addAuditCommands(root);
  return root;
}
