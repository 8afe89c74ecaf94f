import { Presets, SingleBar } from 'cli-progress';

/** Shows how far a long deed is. */
export interface Progress {
  /** `done` of `total`, in the unit of the bar */
  to(done: number, total?: number): void;
  end(): void;
}

const SILENT: Progress = { to: () => undefined, end: () => undefined };

/** A bar on stderr when a person watches; otherwise nothing at all. */
export function progress(title: string, json: boolean | undefined): Progress {
  if (json || !process.stderr.isTTY) return SILENT;
  const format = `${title} {bar} {percentage}% · {eta_formatted} left`;
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, fps: 5 }, Presets.shades_classic);
  let started = false;
  return {
    to: (done, total) => {
      if (!started) bar.start(total ?? 1, 0);
      else if (total !== undefined) bar.setTotal(total);
      started = true;
      bar.update(Math.min(done, bar.getTotal()));
    },
    end: () => bar.stop(),
  };
}
