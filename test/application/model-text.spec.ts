import { hashedModel, modelHash, parseModel, withChannel } from '../../src/application/model-text.ts';

const RULES = `# why it is as it is
pools:
  - code: voice # people
    kind: operating
    ledger: [{ account: '60*' }]
    serves: { channel: [voice], except: { vendor: [ACME] } }
  - { code: all, kind: operating, layer: platform, ledger: [{ account: '61*' }] }
rules: [{ name: owners, reason_owner: true }]
`;

describe('the text of a rule book', () => {
  it('is read once while it is one of the last that were asked for, and each text by itself', () => {
    const model = parseModel(RULES);
    expect(parseModel(RULES)).toBe(model);
    expect(parseModel(`${RULES} `)).not.toBe(model);
    for (let other = 0; other < 8; other++) parseModel(`${RULES}# ${other}\n`);
    expect(parseModel(RULES)).not.toBe(model);
    expect(parseModel(RULES)).toEqual(model);
    expect(hashedModel(RULES, 'model.yaml')).toEqual({ model, hash: modelHash(RULES) });
  });

  it('that is refused is refused again', () => {
    for (let time = 0; time < 2; time++) expect(() => parseModel('pools: [')).toThrow();
  });
});

describe('one more channel in a rule book', () => {
  it('goes to the pool that is named, and leaves comments and all else as they are', () => {
    const widened = withChannel(RULES, 'voice', 'video');
    expect(widened).toContain('# why it is as it is');
    expect(widened).toContain('# people');
    const [before, after] = [parseModel(RULES), parseModel(widened)];
    expect(after.pools[0]!.serves!.channel).toEqual(['voice', 'video']);
    expect(after.pools[0]!.serves!.except).toEqual(before.pools[0]!.serves!.except);
    expect({ ...after, pools: after.pools.slice(1) }).toEqual({ ...before, pools: before.pools.slice(1) });
    expect(modelHash(widened)).not.toBe(modelHash(RULES));
  });

  it('stays one value, whatever it holds', () => {
    for (const channel of ['a: b', '- x', 'yes', '12', '"quoted"', '# no comment', 'a, b', 'ä\u2028ö'])
      expect(parseModel(withChannel(RULES, 'voice', channel)).pools[0]!.serves!.channel).toEqual(['voice', channel]);
  });

  it.each(['all', 'nobody', ''])('is refused for "%s", which lists no channels', (pool) => {
    expect(() => withChannel(RULES, pool, 'video')).toThrow(/no pool .* that lists the channels/);
  });
});
