// Quoted for PowerShell, every hostile value stays one verbatim string and no
// second command appears, by the grammar of tree-sitter-powershell.
//
// usage: node --liftoff-only powershell.mjs FOLDER_OF_NODE_MODULES < samples
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(resolve(process.argv[2], 'package.json'));
const { Parser, Language } = await import(pathToFileURL(require.resolve('web-tree-sitter')));
await Parser.init();
const parser = new Parser();
parser.setLanguage(
    await Language.load(require.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')));

// PowerShell takes these for ASCII's quotes and dash, the grammar does not.
const asPowerShellReads = (text) => text
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201e]/g, '"')
    .replace(/[\u2013-\u2015]/g, '-');

const INERT = new Set(['program', 'statement_list', 'pipeline', 'pipeline_chain', 'command',
    'command_name', 'command_elements', 'command_argument_sep', 'command_parameter',
    'array_literal_expression', 'unary_expression', 'string_literal',
    'verbatim_string_characters', ' ', '|']);

function read(command) {
    const tree = parser.parse(command);
    const seen = { error: tree.rootNode.hasError, names: [], strings: [], others: [] };
    const walk = (node) => {
        if (node.type === 'command')
            seen.names.push(node.childForFieldName('command_name').text);
        else if (node.type === 'verbatim_string_characters')
            seen.strings.push(node.text.slice(1, -1).replaceAll("''", "'"));
        if (!INERT.has(node.type))
            seen.others.push(node.type);
        for (const child of node.children)
            walk(child);
    };
    walk(tree.rootNode);
    tree.delete();
    return seen;
}

const NAMES = 'Get-ReceiveConnector Set-ReceiveConnector';

// Words and paths of lines for every shell stand bare or between ": nothing in these is expanded.
const PLAIN = /(?<= )(?:([\w./][\w./:=@-]*)|"([\w./:=@ ()\\-]+)")(?= \||$)/g;
const asVerbatim = (command) => command.includes("'") ? command
    : command.replace(PLAIN, (_, bare, quoted) => `'${bare ?? quoted}'`);

// Why `command` is not the two commands with the same verbatim string each, or null.
function complaint(command, value) {
    const seen = read(asVerbatim(asPowerShellReads(command)));
    const expected = asPowerShellReads(value);
    if (seen.error) return 'does not parse';
    if (seen.names.join(' ') !== NAMES) return `commands: ${seen.names.join(' ')}`;
    if (seen.others.length) return `not inert: ${seen.others.join(' ')}`;
    if (seen.strings.length !== 2) return `${seen.strings.length} strings`;
    return seen.strings.every((string) => string === expected) ? null : 'another value';
}

// What the check is worth: it sees values leave naive quotes, and what is expanded.
const withArgument = (text) => `Get-ReceiveConnector ${text} | Set-ReceiveConnector -Banner ${text}`;
const naive = ["a'; Remove-Item x; 'b", 'a\u2019; Remove-Item x; \u2018b', "'"]
    .map((value) => [`'${value}'`, value])
    .concat([['"$(Remove-Item x)"', '$(Remove-Item x)'], ['"$x"', '$x'], ['a;b', 'a;b'], ["'b'", 'a']]);
for (const [text, value] of naive) {
    if (complaint(withArgument(text), value) === null) {
        console.error(`powershell: the check itself is blind to: ${text}`);
        process.exit(1);
    }
}

let failures = 0;
const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean);
for (const line of lines) {
    const [label, kind, expected, command] = line.split('\t');
    const why = complaint(command, Buffer.from(expected.slice(1), 'hex').toString('utf8'));
    if (why === null) continue;
    failures++;
    console.error(`powershell: ${label} (${kind}): ${why}`);
}
console.log(`powershell: ${lines.length} commands`);
process.exit(failures ? 1 : 0);
