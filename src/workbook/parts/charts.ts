import type { Template } from '../plan/template.ts';
import type { ChartPlan, SeriesPlan, Sheet } from '../plan/sheet.ts';
import type { OfficePackage } from './package.ts';
import { OFFICE, XML_HEAD, xmlContent, xmlText } from './xml.ts';

const CHART_TYPE = 'application/vnd.openxmlformats-officedocument.drawingml.chart+xml';
const DRAWING_TYPE = 'application/vnd.openxmlformats-officedocument.drawing+xml';
const DRAWING = 'http://schemas.openxmlformats.org/drawingml/2006';

/** Numbers the charts of a package. */
export interface ChartCount {
  drawings: number;
  charts: number;
}

/** Adds a sheet's charts as native parts: editable, with alt text, their caches filled so that previews show bars, too. */
export function addCharts(
  pack: OfficePackage,
  part: string,
  sheet: Sheet,
  template: Template,
  formatCode: (name: string) => string,
  count: ChartCount,
): string {
  if (sheet.charts.length === 0) return '';
  count.drawings += 1;
  const drawing = `xl/drawings/drawing${count.drawings}.xml`;
  const anchors = sheet.charts.map((chart, i) => {
    count.charts += 1;
    const name = `xl/charts/chart${count.charts}.xml`;
    const id = pack.relate(drawing, 'chart', `../charts/chart${count.charts}.xml`);
    pack.add(name, CHART_TYPE, chartXml(chart, template, formatCode(chart.format)));
    return anchorXml(chart, i + 2, id);
  });
  pack.add(
    drawing,
    DRAWING_TYPE,
    `${XML_HEAD}<xdr:wsDr xmlns:xdr="${DRAWING}/spreadsheetDrawing" xmlns:a="${DRAWING}/main">${anchors.join('')}</xdr:wsDr>`,
  );
  return `<drawing r:id="${pack.relate(part, 'drawing', `../drawings/drawing${count.drawings}.xml`)}"/>`;
}

function anchorXml(chart: ChartPlan, id: number, relation: string): string {
  const [left, top, right, bottom] = chart.at;
  const corner = (tag: string, column: number, row: number) =>
    `<xdr:${tag}><xdr:col>${column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>${row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:${tag}>`;
  return (
    `<xdr:twoCellAnchor editAs="oneCell">${corner('from', left, top)}${corner('to', right, bottom)}` +
    `<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="${id}" name="Chart ${id - 1}" descr="${xmlText(chart.alt)}"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>` +
    `<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="${DRAWING}/chart">` +
    `<c:chart xmlns:c="${DRAWING}/chart" xmlns:r="${OFFICE}" r:id="${relation}"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor>`
  );
}

/** A chart template with its title, format and series filled in. */
export function chartXml(chart: ChartPlan, template: Template, formatCode: string): string {
  const source = template.charts.get(chart.template);
  if (source === undefined) throw new Error(`there is no chart template "${chart.template}"`);
  // Bars of amounts begin at nothing, or their lengths would lie; where one is negative the axis finds its own ends.
  const min = chart.series.every(({ values: { numbers } }) => numbers.every((value) => value >= 0));
  const values: Record<string, string> = {
    title: titleXml(chart),
    format: xmlText(formatCode),
    min: min ? '<c:min val="0"/>' : '',
  };
  chart.series.forEach((series, i) => {
    values[`series${i + 1}.name`] = nameXml(series);
    values[`series${i + 1}.categories`] = categoriesXml(series);
    values[`series${i + 1}.values`] = valuesXml(series, formatCode);
  });
  return source.replace(/\{\{([\w.]+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined)
      throw new Error(`chart template "${chart.template}" asks for ${key}, which the chart lacks`);
    return value;
  });
}

function titleXml(chart: ChartPlan): string {
  if (chart.titleRef !== undefined)
    return `<c:tx><c:strRef><c:f>${xmlContent(chart.titleRef)}</c:f>${stringCache([chart.title])}</c:strRef></c:tx>`;
  return `<c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1200" b="1"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:pPr><a:r><a:rPr sz="1200" b="1"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:rPr><a:t>${xmlContent(chart.title)}</a:t></a:r></a:p></c:rich></c:tx>`;
}

function nameXml({ name }: SeriesPlan): string {
  return `<c:tx><c:strRef><c:f>${xmlContent(name.ref)}</c:f>${stringCache([name.text])}</c:strRef></c:tx>`;
}

function categoriesXml({ categories }: SeriesPlan): string {
  return `<c:cat><c:strRef><c:f>${xmlContent(categories.ref)}</c:f>${stringCache(categories.texts)}</c:strRef></c:cat>`;
}

function valuesXml({ values }: SeriesPlan, formatCode: string): string {
  const points = values.numbers.map((value, i) => `<c:pt idx="${i}"><c:v>${value}</c:v></c:pt>`).join('');
  return `<c:val><c:numRef><c:f>${xmlContent(values.ref)}</c:f><c:numCache><c:formatCode>${xmlContent(formatCode)}</c:formatCode><c:ptCount val="${values.numbers.length}"/>${points}</c:numCache></c:numRef></c:val>`;
}

function stringCache(texts: readonly string[]): string {
  const points = texts.map((text, i) => `<c:pt idx="${i}"><c:v>${xmlContent(text)}</c:v></c:pt>`).join('');
  return `<c:strCache><c:ptCount val="${texts.length}"/>${points}</c:strCache>`;
}
