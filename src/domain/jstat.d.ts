/** The part of jStat 1.9 that the domain uses; the package brings no types of its own. */
declare module 'jstat' {
  interface Distribution {
    pdf(x: number, ...parameters: number[]): number;
    cdf(x: number, ...parameters: number[]): number;
    inv(p: number, ...parameters: number[]): number;
  }
  export const jStat: {
    readonly normal: Distribution;
    readonly studentt: Distribution;
    readonly chisquare: Distribution;
    readonly centralF: Distribution;
    readonly beta: Distribution;
    gammaln(x: number): number;
    betaln(a: number, b: number): number;
    erfc(x: number): number;
  };
  const module: { readonly jStat: typeof jStat };
  export default module;
}
