export interface Seen {
  readonly status: number;
  readonly text: string;
  readonly to: string | null;
  /** of the answer */
  readonly url: string;
}

/** A browser without script: keeps cookies by host, sends forms, follows nothing by itself. */
export class Visitor {
  private readonly cookies = new Map<string, Map<string, string>>();

  constructor(private readonly address: string) {}

  async go(path: string, form?: Readonly<Record<string, string>>): Promise<Seen> {
    const url = new URL(path, this.address);
    const jar = this.cookies.get(url.host) ?? new Map<string, string>();
    this.cookies.set(url.host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie, ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(form ? { method: 'POST', body: new URLSearchParams(form).toString() } : {}),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      jar.set(name!, value!);
    }
    return { status: answer.status, text: await answer.text(), to: answer.headers.get('location'), url: url.href };
  }

  /** Goes where answers lead, to the first that leads nowhere, or to an address for which `until` holds. */
  async follow(seen: Seen, until: (to: string) => boolean = () => false): Promise<Seen> {
    let last = seen;
    for (let i = 0; i < 10 && last.to !== null; i += 1) {
      const to = new URL(last.to, last.url).href;
      if (until(to)) return last;
      last = await this.go(to);
    }
    return last;
  }

  async signIn(fields: Readonly<Record<string, string>>): Promise<Seen> {
    const { text } = await this.go('/sign-in');
    return await this.go('/sign-in', { csrf: /name="csrf" value="([^"]+)"/.exec(text)![1]!, ...fields });
  }
}
