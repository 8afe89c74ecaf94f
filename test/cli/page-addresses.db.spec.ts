import { pageRows } from '../../src/cli/page-addresses.ts';
import { webHouse, type WebHouse } from '../builders/web-house.ts';

describe('the benchmark of the pages', () => {
  let house: WebHouse;
  beforeAll(async () => {
    house = await webHouse();
  });
  afterAll(() => house.end());

  const ids = {
    periods: ['2026-03'],
    lines: [{ period: '2026-03', unit: 'RETAIL', line: 'line' }],
    decisions: ['FEE'],
    contacts: ['contact'],
    disputes: ['1'],
    upload: 'upload',
  };

  it('looks at every page that the router has, each at an address of its own pattern', () => {
    const { pages } = house.service;
    expect(pages.length).toBeGreaterThan(25);
    const rows = pageRows(pages, ids);
    const looked = rows.flatMap(({ addresses }) => addresses);
    for (const pattern of pages) {
      const form = pattern.replace(/\{([^}]*)\}/g, '(?:$1)?').replace(/:\w+/g, '[^/]+');
      expect([pattern, looked.some((address) => new RegExp(`^${form}(\\?.*)?$`).test(address))]).toEqual([
        pattern,
        true,
      ]);
    }
    expect(rows.filter(({ isFile }) => isFile).length).toBeGreaterThan(5);
  });

  it('fails on a page that it does not know', () => {
    expect(() => pageRows(['/', '/new-page'], ids)).toThrow(/no address of \/new-page/);
  });
});
