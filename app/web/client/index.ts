// What a page needs. `worker` is the other entry: it is served beside this one, and named to
// `WorkerStretching`.

export * from './errors.ts';
export {
  FIELD_NAMES,
  type Fields,
  normaliseField,
  normaliseFields,
  type Scheme,
  schemeNamed,
  SCHEMES,
} from './identity/schemes.ts';
export type { Answer } from './protocol/messages.ts';
export { ask, type Phase, type Question } from './remote.ts';
export { type Stretching, WorkerStretching } from './stretching.ts';
