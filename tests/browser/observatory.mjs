// The checks of MDN's HTTP Observatory, on a server of this machine: prints its score and what
// each check found, as JSON.
//
//     node observatory.mjs HOST HTTP_PORT HTTPS_PORT PATH
//
// Its own command takes a name and no port, and this adds up the results as that does.

import { argv } from 'node:process';

const HOME = '@mdn/mdn-http-observatory/src/';
const { ALL_TESTS } = await import(`${HOME}constants.js`);
const { getScoreModifier } = await import(`${HOME}grader/grader.js`);
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await import(`${HOME}grader/charts.js`);
const { retrieve } = await import(`${HOME}retriever/retriever.js`);

const [, , host, httpPort, httpsPort, path] = argv;
const retrieved = await retrieve(host, { httpPort, httpsPort, path });
const found = ALL_TESTS.map((test) => test(retrieved));
const modifiers = found.map(({ result }) => getScoreModifier(result));
const sum = (numbers) => numbers.reduce((total, each) => total + each, 100);
const withoutCredit = sum(modifiers.filter((modifier) => modifier < 0));
const isCredited = withoutCredit >= MINIMUM_SCORE_FOR_EXTRA_CREDIT;
console.log(
  JSON.stringify({
    score: isCredited ? sum(modifiers) : withoutCredit,
    checks: Object.fromEntries(found.map(({ name, result }, i) => [name, [result, modifiers[i]]])),
    refused: found.filter(({ pass }) => !pass).map(({ name, result }) => `${name}: ${result}`),
  }),
);
