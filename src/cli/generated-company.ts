import { ImportsService, type FolderReport } from '../application/imports.service.ts';
import { inputOpener } from '../application/input-opener.ts';
import { ModelsService } from '../application/models.service.ts';
import type { Shell } from './shell.ts';

/** Imports a generated folder with its model. @throws Error when one of the files was refused */
export async function importGenerated(shell: Shell, folder: string): Promise<FolderReport> {
  const [imports, models] = [await shell.get(ImportsService), await shell.get(ModelsService)];
  const finance = await shell.actor();
  const report = await imports.importFolder(finance, folder, {
    ...inputOpener('shell'),
    applyModel: async (yaml) => `model ${(await models.apply(finance, yaml)).modelId}`,
  });
  if (report.stoppedAt !== undefined) throw new Error(`the generated ${report.stoppedAt} was refused`);
  return report;
}
