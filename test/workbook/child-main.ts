import { peakBytes } from '../../src/cli/usage.ts';
import { readTemplate } from '../../src/workbook/plan/template.ts';
import { writeWorkbook } from '../../src/workbook/workbook.ts';
import { masterOf } from './books.ts';

/** A process of its own that writes one workbook and says what it came to: its argument is a job in JSON. */
const { units, rows } = JSON.parse(process.argv[2]!) as { units?: number; rows?: number };
const named = units && Array.from({ length: units }, (_, i) => ({ code: `UNIT-${i}`, name: `Business unit ${i}` }));
const company = masterOf({ ...(named ? { units: named, reasons: 120 } : { reasons: 8 }) });

function* detail(count: number) {
  for (let i = 0; i < count; i++) {
    const texts = [`UNIT-${i % 40}`, `DECISION-${i % 9}`, 'charged', 'voice', `reason.${i % 300}`, 'voice', 'fibre'];
    yield [...texts, 'private', '2026-03-01', 'owners', 'D', 1, (i % 97) + 0.25, (i % 8_009) * 3];
  }
}

const drillDown = rows
  ? { rows: { count: rows, [Symbol.iterator]: () => detail(rows) }, count: rows, parts: [] }
  : company.drillDown;
const started = performance.now();
const before = process.cpuUsage();
const { bytes, sha256 } = await writeWorkbook({ ...company, drillDown }, readTemplate(), () => undefined);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const cpuSeconds = (user + system) / 1e6;
const peakMB = peakBytes() / 1e6;
process.stdout.write(JSON.stringify({ bytes, sha256, seconds, cpuSeconds, peakMB }));
