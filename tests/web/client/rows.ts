// Reads the files on standard input, one JSON object a line with a file's bytes as base64, the
// columns' roles (or none, for those that are suggested) and the schemes, and prints of each file
// the roles, the dates' formats, and of each of its rows what it asks and what of it is refused.

import { toBase64url } from '../../../app/web/client/encoding.ts';
import { mappingOf } from '../../../app/web/client/list/columns.ts';
import { RecordReader } from '../../../app/web/client/reading/records.ts';
import { openTable } from '../../../app/web/client/reading/sources/opening.ts';
import { type Role, suggestRoles } from '../../../app/web/client/reading/suggestion/roles.ts';
import { linesOfJson } from './lines.ts';

interface Asked {
  readonly content: string;
  readonly roles: readonly Role[] | null;
  readonly schemes: readonly string[];
}

for (const { content, roles, schemes } of (await linesOfJson()) as Asked[]) {
  const table = openTable(Uint8Array.from(atob(content), (byte) => byte.charCodeAt(0)));
  const chosen = roles ?? suggestRoles(table).map(({ role }) => role);
  const mapping = mappingOf(table, chosen, 'day');
  const reader = new RecordReader(mapping, schemes);
  const rows = table.rows.map((row) => {
    const { inputs, faults } = reader.read(row);
    return {
      line: row.line,
      inputs: inputs.map(({ scheme, encoded }) => [scheme, toBase64url(encoded)]),
      faults: [...faults.values, ...(faults.row === '' ? [] : [['row', faults.row]])],
    };
  });
  const { formats } = mapping;
  console.log(JSON.stringify({ roles: chosen, formats, header: table.header, rows }));
}
