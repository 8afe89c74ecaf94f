import { Presets, SingleBar } from 'cli-progress';
import { grouped } from './table.ts';

/** Shows how far a long deed is. */
export interface Progress {
  /** `done` of `total`, in the unit of the bar; `rows` that this was, for the rate */
  to(done: number, total?: number, rows?: number): void;
  end(): void;
}

const SILENT: Progress = { to: () => undefined, end: () => undefined };

/** A bar on stderr when a person watches; otherwise nothing at all. */
export function progress(title: string, json: boolean | undefined): Progress {
  if (json || !process.stderr.isTTY) return SILENT;
  const format = `${title} {bar} {said}`;
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, fps: 5 }, Presets.shades_classic);
  let startedAt: number | undefined;
  let [from, last] = [0, 0];
  let of: number | undefined;
  return {
    to: (done, total, rows) => {
      if (startedAt === undefined) bar.start(total ?? 1, 0, { said: '' });
      else if (total !== undefined) bar.setTotal(total);
      if (startedAt === undefined || done < last || total !== of) {
        startedAt = performance.now(); // the next file, or this one once more
        from = done; // which may be far already
      }
      [last, of] = [done, total];
      const seconds = secondsAtPace((performance.now() - startedAt) / 1000, from, done);
      bar.update(Math.min(done, bar.getTotal()), { said: progressText(done, bar.getTotal(), seconds, rows) });
    },
    end: () => bar.stop(),
  };
}

/** Seconds that all of what is done takes at the pace of the part that was watched, from `from` on; 0 when that is nothing yet. */
export function secondsAtPace(seconds: number, from: number, done: number): number {
  return done > from ? (seconds * done) / (done - from) : 0;
}

/** Share, rate and time left, as in `45% · 56,000 rows/s · 12 s left`; a deed that has seen everything still has to store it. */
export function progressText(done: number, total: number, seconds: number, rows?: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const said = [`${Math.floor(share * 100)}%`];
  if (rows !== undefined && seconds >= 1) said.push(`${grouped(Math.round(rows / seconds))} rows/s`);
  if (share >= 1) said.push('storing');
  else if (seconds >= 1 && share > 0) said.push(`${durationText((seconds * (1 - share)) / share)} left`);
  return said.join(' · ');
}

function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
