import { heardLater } from '../domain/heard-later.ts';
import type { Place } from '../intake/import-report.ts';
import { waitForImport } from '../persistence/imports.queries.ts';

/** Files that are read at a time: while PostgreSQL stores rows of one, those of the other are encoded. */
const READ_AT_ONCE = 2;

/** Ends the import of a file whose turn will not come, because one before it was refused. */
class NotReached extends Error {
  constructor() {
    super('a file before this one was refused');
  }
}

/** Waits, on the connection that imports a file, for the end of another one's transaction. */
export type WaitFor = (importId: string) => Promise<void>;

/** The place of a file, and what the reading of it asks time and again. */
export interface OwnPlace extends Place {
  /** `turn` for who imports it on a connection that is not at hand here */
  readonly turnBy: (waitFor: WaitFor) => Promise<void>;
  /** True once nothing is before it. @throws when its turn will not come */
  readonly first: () => boolean;
}

/** A file, and those that may be imported beside it. */
interface Member<File, Report> {
  readonly file: File;
  readonly place: OwnPlace;
  readonly begun: Deferred<void>;
  readonly ended: Deferred<void>;
  report: Promise<Report> | undefined;
  /** for its turn, with nothing left to read */
  waits: boolean;
}

/** A promise with what settles it; nobody needs to look at it. */
class Deferred<T> {
  readonly promise: Promise<T>;
  settled = false;
  private keep!: (value: T) => void;
  private refuse!: (error: Error) => void;

  constructor() {
    this.promise = heardLater(
      new Promise((resolve, reject) => {
        this.keep = resolve;
        this.refuse = reject;
      }),
    );
  }

  resolve(value: T): void {
    this.settled = true;
    this.keep(value);
  }

  reject(error: Error): void {
    this.settled = true;
    this.refuse(error);
  }
}

/**
 * Files whose imports run beside each other and end in their order, each in a transaction of its own: what is large and
 * reads nothing that those before it write is begun early, stores its rows, and waits for its turn with little left to do.
 * Meanwhile it holds nothing that others than imports would wait for. Takes four connections at most: two that read, one that
 * waits, one that holds the lock.
 */
export class SideBySide<File, Report> {
  private readonly members: readonly Member<File, Report>[];
  private front = 0;
  private stopped = false;

  /**
   * @param numbers of the imports, one a file
   * @param early whether a file may be begun before all of these others have ended
   */
  constructor(
    files: readonly File[],
    numbers: readonly string[],
    private readonly early: (file: File, before: readonly File[]) => boolean,
    private readonly importOne: (file: File, place: OwnPlace) => Promise<Report>,
  ) {
    this.members = files.map((file, at) => ({
      file,
      place: {
        importId: numbers[at]!,
        begun: () => this.members[at]!.begun.resolve(),
        turn: (tx) => this.turn(at, (importId) => waitForImport(tx, importId)),
        turnBy: (waitFor) => this.turn(at, waitFor),
        first: () => {
          if (this.stopped) throw new NotReached();
          return at <= this.front;
        },
      },
      ...{ begun: new Deferred<void>(), ended: new Deferred<void>(), report: undefined, waits: false },
    }));
  }

  /** Imports the next file in their order; its transaction has ended when this has. */
  async next(): Promise<Report> {
    const member = this.members[this.front]!;
    this.begin(member);
    this.beginEarly();
    return await member.report!;
  }

  /** To be said when that stays: the file after it is next. */
  goOn(): void {
    this.members[this.front++]!.ended.resolve();
  }

  /** Takes back what was begun early and not reached. To be said in the end, whatever came. */
  async end(): Promise<void> {
    this.stopped = true;
    for (const { begun, ended } of this.members.slice(this.front)) {
      begun.resolve();
      ended.reject(new NotReached());
    }
    await Promise.allSettled(this.members.flatMap(({ report }) => (report === undefined ? [] : [report])));
  }

  private begin(member: Member<File, Report>): void {
    if (member.report !== undefined) return;
    member.report = heardLater(this.importOne(member.file, member.place)); // when its turn has come
  }

  private beginEarly(): void {
    if (this.stopped) return;
    const { members, front } = this;
    for (let at = front + 1; at < members.length; at++) {
      const reading = members.slice(front).filter(({ report, waits }) => report !== undefined && !waits).length;
      if (reading >= READ_AT_ONCE) return;
      const before = members.slice(front, at).map(({ file }) => file);
      if (this.early(members[at]!.file, before)) this.begin(members[at]!);
    }
  }

  private async turn(at: number, waitFor: WaitFor): Promise<void> {
    const member = this.members[at]!;
    member.waits = true;
    this.beginEarly();
    for (const before of this.members.slice(0, at)) {
      await before.begun.promise;
      if (!before.ended.settled) await waitFor(before.place.importId);
      await before.ended.promise;
    }
    member.waits = false;
  }
}
