import type { RunningService } from '../service.ts';
import type { WebOptions } from '../web-options.ts';
import type { Shell } from './shell.ts';

/** Starts the service on the shell's database; Ctrl-C then drains it instead of cutting the command off. */
export async function startServing(shell: Shell, demoPeople: WebOptions['demoPeople'] = []): Promise<RunningService> {
  const { requireServiceSecrets } = await import('../config.ts');
  const config = await shell.config();
  requireServiceSecrets(config);
  if (config.tracesTo !== undefined) {
    const tracing = (await import('../tracing.ts')).startTracing();
    shell.atEnd(() => tracing.end());
  }
  const { startService } = await import('../service.ts');
  // The demo talks to a person: no log lines between its own, unless they are asked for.
  const logLevel = demoPeople.length > 0 && !process.env['LOG_LEVEL'] ? 'warn' : config.logLevel;
  const service = await startService(config.with({ logLevel }), await shell.database(), { demoPeople });
  shell.stop = () => void service.stop();
  return service;
}
