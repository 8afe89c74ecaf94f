/** What is worth knowing of a file and stops nothing; like notes are counted, with their first lines. */
export class Notes {
  private readonly said: string[] = [];
  private readonly counted = new Map<string, { count: number; lines: number[]; example: string }>();

  say(text: string): void {
    this.said.push(text);
  }

  readonly add = (code: string, line: number, value: string): void => {
    const note = this.counted.get(code);
    if (note === undefined) {
      this.counted.set(code, { count: 1, lines: [line], example: value });
      return;
    }
    note.count++;
    if (note.lines.length < 5 && note.lines.at(-1) !== line) note.lines.push(line);
  };

  texts(): string[] {
    const counted = [...this.counted].map(([code, { count, lines, example }]) => {
      const where = `line ${lines.join(', ')}${count > lines.length ? ' …' : ''}; "${example}"`;
      return `${count} ${MEANINGS[code] ?? code} (${where})`;
    });
    return [...this.said, ...counted];
  }
}

const MEANINGS: Record<string, string> = {
  date_only: 'timestamps have no time of day and are read as the start of their local day',
  double_local_time: 'local times exist twice, when clocks were put back, and are read as the first of the two',
};
