/** @file Quantiles of Student's t and probabilities of the normal distribution, as far as intervals need them. */

/**
 * The t with P(|T| ≤ t) = `level` for Student's distribution of `freedom` ≥ 1 whole degrees: its series in θ = arctan(t / √ν)
 * (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4), inverted by bisection. Right to 9 digits for levels up to 0.999.
 */
export function studentQuantile(level: number, freedom: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (let i = 0; i < 52; i++) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(low);
}

/** P(|T| ≤ √ν tan θ) for ν degrees of freedom. */
function within(theta: number, freedom: number): number {
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  const odd = freedom % 2;
  let term = odd ? cos : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = 2 + odd; k < freedom; k += 2) {
    term *= (cos * cos * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
}

/** P(Z ≤ −z) of the standard normal distribution, for z ≥ 0, to 7.5e-8 (Abramowitz & Stegun 1964, 26.2.17). */
export function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
