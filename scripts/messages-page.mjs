// Writes docs/messages.md, the list of all messages with their members, from the classes and their comments.
// With --print the page goes to the output instead, for the test that compares the two.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const root = new URL('../', import.meta.url);
const folder = new URL('packages/core/src/messages/', root);
const page = new URL('docs/messages.md', root);

/** Every class of the folder: its comment, its parent, its members, and what it says of itself in static fields. */
function readClasses() {
  const classes = new Map();
  for (const file of readdirSync(folder).filter((name) => /^(?!.*\.spec\.ts$).*\.ts$/.test(name))) {
    const source = ts.createSourceFile(file, readFileSync(new URL(file, folder), 'utf8'), ts.ScriptTarget.Latest, true);
    for (const node of source.statements.filter(ts.isClassDeclaration)) {
      const fields = node.members.filter(ts.isPropertyDeclaration);
      classes.set(node.name.text, {
        name: node.name.text,
        file,
        abstract: node.modifiers.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword),
        comment: commentOf(node),
        parent: node.heritageClauses?.[0]?.types[0].expression.getText(source),
        statics: Object.fromEntries(
          fields.filter(isStatic).map((field) => [field.name.text, field.initializer.getText(source)]),
        ),
        members: fields.filter((field) => !isStatic(field)).map((field) => memberOf(field, source)),
      });
    }
  }
  return classes;
}

const isStatic = (field) => field.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;

function commentOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  return (ts.getTextOfJSDocComment(comment) ?? '')
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
}

function memberOf(field, source) {
  const name = field.name.text;
  // "REQUIRED for `password`. The user's password." is a requirement and a meaning.
  const [, requirement, meaning] =
    /^((?:REQUIRED|RECOMMENDED|OPTIONAL|MUST NOT)(?:[^.:`]|`[^`]*`)*)(?:\. |: |\.$)(.*)$/.exec(commentOf(field)) ?? [];
  if (requirement === undefined)
    throw new Error(`${source.fileName}: the comment of ${name} does not say whether it is required.`);
  return { name, type: field.type.getText(source).replaceAll('readonly ', ''), requirement, meaning };
}

/** A class and what it inherits, the parents first. */
function lineage(classes, name) {
  const own = classes.get(name);
  return own ? [...lineage(classes, own.parent), own] : [];
}

function habits(line) {
  const statics = Object.assign({}, ...line.map((one) => one.statics));
  const types = line.some(({ name }) => name === 'JwtMessage')
    ? [...statics.jwtTypes.matchAll(/'([^']+)'|undefined/g)].map(([, type]) => (type ? `\`${type}\`` : 'none'))
    : [];
  return [
    statics.extra === "'allow'" ? 'keeps unknown members' : 'ignores unknown members',
    statics.frozen === 'false' ? 'mutable' : 'immutable',
    statics.nullIsAbsent === 'true' && 'takes `null` for absent',
    statics.nullIsAbsent?.startsWith('[') &&
      `takes \`null\` for absent in ${statics.nullIsAbsent.replaceAll(/[[\]]/g, '').replaceAll("'", '`')}`,
    types.length > 0 &&
      `JWT with \`typ\` ${types.join(', ')}${statics.strictTyp === 'true' ? ' (unless told otherwise, only the first)' : ''}`,
  ].filter(Boolean);
}

function section(classes, { name, file, comment }) {
  const line = lineage(classes, name);
  const members = line.flatMap((one) => one.members);
  const cell = (text) => text.replaceAll('|', '\\|');
  const rows = members.map(
    ({ name: member, type, requirement, meaning }) =>
      `| \`${member}\` | \`${cell(type)}\` | ${requirement} | ${cell(meaning)} |`,
  );
  return [
    `## ${name}`,
    comment,
    `[Source](../packages/core/src/messages/${file}): ${habits(line).join(', ')}.`,
    rows.length > 0
      ? ['| Member | Type | | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
      : 'No members.',
  ].join('\n\n');
}

/** The known error codes, from the object literals of error-codes.ts. */
function errorCodes() {
  const source = ts.createSourceFile(
    'error-codes.ts',
    readFileSync(new URL('error-codes.ts', folder), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  return source.statements.filter(ts.isVariableStatement).map((statement) => {
    const [{ name, initializer }] = statement.declarationList.declarations;
    const codes = initializer.expression.properties.map((property) => `\`${property.name.text}\``);
    return `### ${name.text}\n\n${commentOf(statement)}\n\n${codes.join(', ')}`;
  });
}

const classes = readClasses();
const messages = [...classes.values()].filter(
  (one) => !one.abstract && lineage(classes, one.name)[0]?.name === 'Message',
);
const list = messages.map(({ name }) => name).sort();
const text = [
  '# Messages',
  `<!-- Written by scripts/messages-page.mjs; a test compares. -->\n\nThe ${list.length} messages of \`@latchkey/core\`, one class each. Members keep their wire names.`,
  list.map((name) => `- [${name}](#${name.toLowerCase()})`).join('\n'),
  ...list.map((name) => section(classes, classes.get(name))),
  '## Error codes\n\nOther codes are kept as they come.',
  ...errorCodes(),
].join('\n\n');
const formatted = await format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
if (process.argv.includes('--print')) process.stdout.write(formatted);
else writeFileSync(page, formatted);
