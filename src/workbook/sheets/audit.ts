import { double } from '../model/numbers.ts';
import type { Frame } from '../plan/frame.ts';
import { number, text } from '../plan/sheet.ts';

/** Whose figures these are: run, hashes, versions, input files, approvals, files beside the workbook. */
export function buildAudit(frame: Frame): void {
  const { model, template } = frame;
  const { run } = model;
  const sheet = frame.sheet('audit');
  frame.head(sheet);
  let row = 6;
  const section = (key: string, columns: readonly string[] = []) => {
    frame.section(sheet, row, `audit.${key}`);
    row += 1;
    if (columns.length === 0) return;
    const keys = ['item', 'value', 'more', 'rows', 'hash'];
    columns.forEach((column, i) =>
      sheet.put(
        keys[i]!,
        row,
        text(frame.label(`audit.column.${column}`)),
        column === 'rows' ? 'HeaderRight' : 'Header',
      ),
    );
    row += 1;
  };
  const fact = (item: string, value: string, style = 'Label') => {
    sheet.put('item', row, text(frame.label(`audit.${item}`)), 'Label');
    sheet.put('value', row, text(value), style, 'text');
    frame.place('audit', item, row);
    row += 1;
  };
  section('identity');
  fact('company', model.company);
  fact('period', model.period);
  fact('currency', model.currency);
  if (model.scope === 'pack') fact('unit', model.units[0]!.code);
  fact('state', frame.label(`audit.state.${run.state}`));
  fact('run', run.id ?? frame.label('audit.preview'));
  fact('runHash', run.hash, 'Mono');
  fact('resultHash', model.resultHash, 'Mono');
  fact('modelHash', run.modelHash, 'Mono');
  fact('inputsHash', run.inputsHash, 'Mono');
  fact('priorRun', run.priorId ?? frame.label('audit.none'));
  fact('engine', `answerable ${run.codeVersion}`);
  fact('templateVersion', template.version);
  fact('language', template.language);
  if (model.scope === 'pack') {
    const posted = model.lines.reduce((sum, { line }) => sum + line.amount, 0n);
    sheet.put('item', row, text(frame.label('audit.posted')), 'Label');
    sheet.put('value', row, text(frame.label('audit.posted.means')), 'Caption');
    sheet.put('more', row, number(frame.money(posted)), 'Posted', 'money');
    frame.place('audit', 'posted', row);
    row += 1;
  }
  fact('onePerson', frame.label(run.onePerson ? 'acceptance.yes' : 'acceptance.no'));
  sheet.put('item', row, text(frame.label('audit.hashes')), 'LabelTop');
  sheet.put('value', row, text(frame.label('audit.hashes.means')), 'WrappedNote');
  row += 2;
  section('deeds', ['deed', 'by', 'at']);
  for (const { deed, by, at } of run.deeds) {
    sheet.put('item', row, text(frame.label(`audit.deed.${deed}`)), 'Label');
    sheet.put('value', row, text(by ?? frame.label('audit.notYet')), 'Label', 'text');
    sheet.put('more', row, text(at === null ? null : at.slice(0, 10)), 'Label', 'text');
    row += 1;
  }
  if (model.scope === 'master') {
    row += 1;
    section('inputs', ['kind', 'file', 'at', 'rows', 'sha256']);
    for (const input of run.inputs) {
      sheet.put('item', row, text(`${input.number}  ${input.kind}`), 'Label', 'text');
      sheet.put('value', row, text(input.name), 'Label', 'text');
      sheet.put('more', row, text(input.at.slice(0, 10)), 'Label', 'text');
      sheet.put('rows', row, number(input.rows), 'Label');
      sheet.put('hash', row, text(input.sha256), 'Mono', 'text');
      row += 1;
    }
    if (model.drillDown && model.drillDown.parts.length > 0) {
      row += 1;
      section('parts', ['part', 'file', 'empty', 'rows', 'sha256']);
      model.drillDown.parts.forEach((part, i) => {
        sheet.put('item', row, text(String(i + 1)), 'Label');
        sheet.put('value', row, text(part.name), 'Label', 'text');
        sheet.put('rows', row, number(part.rows), 'Label');
        sheet.put('hash', row, text(part.sha256), 'Mono', 'text');
        row += 1;
      });
    }
    row += 1;
    putCoverage(frame, row);
  }
}

/** How much of the period's contacts is explained, and how well: shares of contacts. */
function putCoverage(frame: Frame, start: number): void {
  const { coverage } = frame.model;
  const sheet = frame.sheet('audit');
  let row = start;
  frame.section(sheet, row, 'audit.coverage');
  row += 1;
  const share = (parts: { over(total: bigint): Parameters<typeof double>[0] }) =>
    coverage.parts === 0n ? 0 : double(parts.over(coverage.parts));
  const put = (item: string, value: number) => {
    sheet.put('item', row, text(frame.label(`audit.coverage.${item}`)), 'Label');
    sheet.put('value', row, number(value), 'LabelLeft', 'percent');
    row += 1;
  };
  for (const tier of ['A', 'B', 'C', 'D'] as const) {
    const parts = coverage.byTier.get(tier);
    put(`tier.${tier}`, parts ? share(parts) : 0);
  }
  put('unattributed', share(coverage.unattributed));
  put('repeats', share(coverage.repeats));
  if (coverage.transfers) put('transfers', share(coverage.transfers));
  put('withoutStandard', share(coverage.withoutStandard));
  put('derivedStandard', share(coverage.derivedStandard));
  put('tagsNotHonoured', share(coverage.tagsNotHonoured));
}
