import { openFile } from '../intake/open-file.ts';
import type { Delimiter } from '../intake/delimiter.ts';
import type { EncodingName } from '../intake/encoding.ts';
import { SHELL_LIMITS, UPLOAD_LIMITS } from '../intake/file-limits.ts';
import { parseMapping } from '../intake/mapping-file.ts';
import { mapped } from '../intake/mapping.ts';
import type { MappingReport } from '../intake/mapping-report.ts';
import type { FaultSink, RowSource } from '../intake/rows.ts';

/** What an opener is made of; unlike itself it can be told to another thread. */
export interface OpenedAs {
  readonly from: 'shell' | 'upload';
  readonly mapping?: { readonly yaml: string; readonly file: string } | undefined;
}

/** Opens files as rows of our columns, through a mapping where the columns are another system's. */
export interface InputOpener {
  readonly open: (path: string, name: string, onFault: FaultSink) => Promise<RowSource>;
  readonly openedAs: OpenedAs;
  /** text of the mapping, kept with the import */
  readonly mapping: string | undefined;
  /** what the mapping did in the last reading, when that has ended */
  readonly report: () => MappingReport | undefined;
}

/**
 * `from`: an upload is held to tighter limits than a file that a person at a shell names.
 * @throws InvalidInput naming every fault of the mapping file
 */
export function inputOpener(from: OpenedAs['from'], mapping?: OpenedAs['mapping']): InputOpener {
  const rules = mapping === undefined ? undefined : parseMapping(mapping.yaml, mapping.file);
  const limits = from === 'shell' ? SHELL_LIMITS : UPLOAD_LIMITS;
  let report: MappingReport | undefined;
  return {
    openedAs: { from, mapping },
    mapping: mapping?.yaml,
    report: () => report,
    open: async (path, name, onFault) => {
      const source = await openFile(path, {
        file: name,
        onFault,
        limits,
        delimiter: rules?.read?.delimiter as Delimiter | undefined,
        encoding: rules?.read?.encoding as EncodingName | undefined,
        sheet: rules?.read?.sheet,
      });
      if (rules === undefined) return source;
      try {
        const ours = mapped(source, rules, { file: name, onFault });
        report = ours.report;
        return ours;
      } catch (error) {
        await source.close?.();
        throw error;
      }
    },
  };
}
