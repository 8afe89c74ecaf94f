import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** all that the browser complained about: faults of scripts, errors in the console, violations of the policy */
  readonly complaints: string[];
}

/** A page of one of the demo's people, or of nobody, in a browser of their own. */
export async function visitOf(
  browser: Browser,
  address: string,
  who: string | undefined,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ baseURL: address, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // Chromium writes one for each answer above 399, which the tests look at themselves; a violated policy is an error, too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  if (who !== undefined) {
    await page.goto('/sign-in');
    await page.click(`form:has(input[value="${who}"]) button`);
    await page.waitForURL(`${address}/`);
  }
  return { page, context, complaints };
}

/** Visits of the tests of a file: each ends after its test, and the browser may not have complained. */
export function visitsOfTests(): Visit[] {
  const visits: Visit[] = [];
  afterEach(async () => {
    const complaints = visits.flatMap((visit) => visit.complaints);
    for (const { context } of visits.splice(0)) await context.close();
    expect(complaints).toEqual([]);
  });
  return visits;
}

/** What axe finds on the page as it stands. */
export async function axeViolations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return found.violations.map(
    (one) =>
      `${one.id}: ${one.nodes
        .map((node) => node.html)
        .join(' ')
        .slice(0, 400)}`,
  );
}
