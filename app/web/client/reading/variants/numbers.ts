// Numbers that a spreadsheet took for quantities, and an O that was typed for a 0.

export const ROUNDED = 'rounded by a spreadsheet';
const WITH_DECIMALS = /^([0-9]{9,15})[.,]0+$/;
const SCIENTIFIC = /^([0-9])(?:[.,]([0-9]*))?[eE]\+?([0-9]{1,2})$/;
const NIR_WITH_O = /^[0-9OABoab .\-_'\u00a0]+$/;
// Of 13 digits without a key, and of 15 with it.
const NIR_EXPONENTS = [12, 14];
// A NIR's last three are a number in the register of a town, from 1; the three before, the town's.
const ENDS_IN_NOTHING = /0{6}$/;
const ROUND = /^[1-8][0-9]{6}0{6}(?:00)?$/;
const BETWEEN = /[ .\-_'\u00a0\u202f]/g;

/** Read 1850556950048.0 and 1,850556950048E+12 as the digits that they show in full. */
export function wholeNumber(text: string): string[] {
  const whole = WITH_DECIMALS.exec(text)?.[1];
  if (whole !== undefined) {
    return [whole];
  }
  const match = SCIENTIFIC.exec(text);
  const [first = '', decimals = '', exponent = ''] = match?.slice(1) ?? [];
  return match !== null && decimals.length === Number(exponent) ? [first + decimals] : [];
}

/** Whether a NIR's digits are lost, as in 1.85056E+12 and 1850560000000. */
export function isRoundedNir(text: string): boolean {
  const exponent = SCIENTIFIC.exec(text)?.[3];
  return exponent === undefined
    ? ROUND.test(text.replace(BETWEEN, ''))
    : NIR_EXPONENTS.includes(Number(exponent)) && wholeNumber(text).length === 0;
}

/** Whether a normalised NIR ends as none does; asked, it would be a no about nobody. */
export function endsInNothing(nir: string): boolean {
  return ENDS_IN_NOTHING.test(nir);
}

/** Read the letter O of a NIR as a zero: no NIR has that letter, and a key confirms it. */
export function zeroForO(text: string): string[] {
  return /O/i.test(text) && NIR_WITH_O.test(text) ? [text.replace(/O/gi, '0')] : [];
}
