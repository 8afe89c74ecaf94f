import { existsSync } from 'node:fs';

const CHROMIUM = process.env['ANSWERABLE_CHROMIUM'] ?? '/usr/bin/chromium';

/** How the tests start Chromium: nothing of it calls home. */
export const LAUNCH = {
  executablePath: CHROMIUM,
  args: [
    ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    ...['--disable-component-update', '--disable-sync'],
  ],
} as const;

/** `describe` for tests in a real browser: skipped by name without Chromium, failed under ANSWERABLE_REQUIRE_BROWSER=1. */
export function describeWithBrowser(name: string, body: () => void): void {
  if (existsSync(CHROMIUM)) describe(name, body);
  else if (process.env['ANSWERABLE_REQUIRE_BROWSER'] === '1') {
    describe(name, () => it('needs Chromium', () => Promise.reject(new Error(`${CHROMIUM} is absent`))));
  } else describe.skip(`${name} (needs Chromium at ${CHROMIUM})`, body);
}
