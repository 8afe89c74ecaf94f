/** What a page took: milliseconds until its last byte was read, and the bytes of its body. */
export interface PageLook {
  readonly status: number;
  readonly milliseconds: number;
  readonly bytes: number;
}

const ENTITIES = { lt: '<', gt: '>', quot: '"', amp: '&' } as const;

/** A browser without script: keeps its cookies, sends forms, follows nothing. */
export class PageVisitor {
  private readonly cookies = new Map<string, string>();

  private constructor(private readonly address: string) {}

  /** @throws Error when the token is not taken */
  static async signIn(address: string, token: string): Promise<PageVisitor> {
    const visitor = new PageVisitor(address);
    const answer = await visitor.post('/sign-in', new URLSearchParams({ token }));
    if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
    return visitor;
  }

  async look(path: string): Promise<PageLook> {
    const startedAt = performance.now();
    const answer = await this.fetch(path);
    const { byteLength: bytes } = await answer.arrayBuffer();
    return { status: answer.status, milliseconds: performance.now() - startedAt, bytes };
  }

  /** Sends a form with the token of the page before it. @returns where it leads */
  async send(path: string, fields: Readonly<Record<string, string | File>>): Promise<string | null> {
    const form = new FormData();
    form.set('csrf', await this.csrf());
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return (await this.fetch(path, { method: 'POST', body: form })).headers.get('location');
  }

  /** What stands in a text area of a page. */
  async textOf(path: string, name: string): Promise<string> {
    const page = await (await this.fetch(path)).text();
    const [, escaped] = new RegExp(`<textarea[^>]* name="${name}"[^>]*>([^<]*)`).exec(page)!;
    return escaped!.replace(/&(lt|gt|quot|amp);/g, (_, entity: keyof typeof ENTITIES) => ENTITIES[entity]);
  }

  async post(path: string, fields: URLSearchParams): Promise<Response> {
    fields.set('csrf', await this.csrf());
    return await this.fetch(path, { method: 'POST', body: fields });
  }

  private async csrf(): Promise<string> {
    const page = await (await this.fetch(this.cookies.size > 1 ? '/settings' : '/sign-in')).text();
    return /name="csrf" value="([^"]+)"/.exec(page)![1]!;
  }

  private async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(path, this.address), { ...init, redirect: 'manual', headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      this.cookies.set(name!, value!);
    }
    return answer;
  }
}
