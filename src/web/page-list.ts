import type { Express } from 'express';

/** What answers to GET beside pages and their files: machines' doors, the way to another server, work until it has ended. */
const NO_PAGES = /^\/(api|assets|jobs|healthz|readyz|sign-in\/oidc)(\/|$)/;

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** Address patterns of every page and file that people open, as the router has them. */
export function pageList(express: Express): string[] {
  const layers = (express as unknown as { readonly router: { readonly stack: readonly Layer[] } }).router.stack;
  const routes = layers.flatMap(({ route }) => (route?.methods['get'] ? [route.path] : []));
  return [...new Set(routes)].filter((path) => !NO_PAGES.test(path)).sort();
}
