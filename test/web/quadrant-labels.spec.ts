import fc from 'fast-check';
import { labelPlaces } from '../../src/web/charts/quadrant-chart.tsx';

describe('labels of the decision quadrant', () => {
  it('hide neither each other nor the word in the corner, however many decisions lie at one place', () => {
    const mark = fc.record({ x: fc.integer({ min: 6, max: 86 }), y: fc.integer({ min: 20, max: 380 }) });
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 12 }), (marks) => {
        const places = labelPlaces(marks);
        const all = [...places, { x: 8, y: 370 }];
        for (const [i, a] of all.entries())
          for (const b of all.slice(i + 1)) expect(Math.abs(a.x - b.x) >= 30 || Math.abs(a.y - b.y) >= 14).toBe(true);
        expect(places.map(({ x }) => x)).toEqual(marks.map(({ x }) => x));
      }),
    );
  });

  it('stand the higher the further out, so that lines from marks to them cross no label', () => {
    const places = labelPlaces([6, 8, 11].map((x) => ({ x, y: 350 })));
    expect(places.map(({ y }) => y)).toEqual([322, 336, 350]);
  });

  it('stand where they are wanted when they are alone', () => {
    expect(labelPlaces([{ x: 60, y: 200 }])).toEqual([{ x: 60, y: 200 }]);
  });
});
