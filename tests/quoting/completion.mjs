// The script of `exdiag completion powershell`: PowerShell by its grammar, nothing in it that is newer
// than 5.1 or reaches outside, and every text of the tables one verbatim string.
//
// usage: node --liftoff-only completion.mjs FOLDER_OF_NODE_MODULES FILE_OF_TEXTS < script
// Each line of the file is a text that has to be among the strings.
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

const COMMANDS = { 'Register-ArgumentCompleter': 1, 'Sort-Object': 0 }; // how often at least
const METHODS = ['Substring', 'ContainsKey', 'Contains', 'StartsWith', 'EndsWith', 'LastIndexOf', 'IndexOf'];
const STATICS = ['System.Management.Automation.CompletionResult::new'];
const NEWER = [/\?\?/, /\?\./, /&&|\|\|/, /(?<![\w'])\?\s*[^\s{].*:/, /-Parallel\b/i, /\bclean\s*\{/i, /`u\{/,
    /\$PSStyle/i, /\$Is(?:Windows|Linux|MacOS)\b/i, /\busing\s+/i];

// PowerShell takes these for ASCII's quote, the grammar does not.
const asPowerShellReads = (text) => text.replace(/[\u2018-\u201b]/g, "'");

function* nodes(node) {
    yield node;
    for (const child of node.children) yield* nodes(child);
}

function complaints(script) {
    const found = [];
    const say = (node, what) => found.push(`line ${node.startPosition.row + 1}: ${what}`);
    const tree = parser.parse(asPowerShellReads(script));
    const all = [...nodes(tree.rootNode)];
    const names = all.filter((one) => one.type === 'command')
        .map((one) => one.childForFieldName('command_name')?.text ?? one.text);

    for (const node of all) {
        if (node.isError || node.isMissing) say(node, `no PowerShell: ${node.text.slice(0, 60)}`);
        else if (/expandable/.test(node.type)) say(node, `a string that expands: ${node.text}`);
        else if (node.type === 'redirection') say(node, `redirects: ${node.text}`);
        else if (node.type === 'invokation_expression') {
            const call = node.text.slice(0, node.text.length - node.children.at(-1).text.length);
            const fixed = /^\[([\w.]+)\]::(\w+)$/.exec(call);
            if (fixed ? !STATICS.includes(`${fixed[1]}::${fixed[2]}`) : !METHODS.includes(/\.(\w+)$/.exec(call)?.[1]))
                say(node, `calls ${call}`);
        }
    }
    for (const name of names) if (!(name in COMMANDS)) say(tree.rootNode, `command ${name}`);
    for (const [name, least] of Object.entries(COMMANDS))
        if (names.filter((one) => one === name).length < least) say(tree.rootNode, `no ${name}`);
    const code = asPowerShellReads(script).replace(/'(?:[^']|'')*'/g, "''").replace(/#.*/g, '');
    for (const newer of NEWER) if (newer.test(code)) say(tree.rootNode, `newer than 5.1: ${newer}`);
    const strings = new Set(all.filter((one) => one.type === 'verbatim_string_characters')
        .map((one) => one.text.slice(1, -1).replaceAll("''", "'")));
    tree.delete();
    return { found, strings };
}

const script = readFileSync(0, 'utf8');
const { found: failures, strings } = complaints(script);
const texts = readFileSync(process.argv[3], 'utf8').split('\n').filter((text) => text);
for (const text of texts)
    if (!strings.has(asPowerShellReads(text).replace(/^ +| +$/g, ''))) failures.push(`no string of its own: ${text}`);
if (texts.length < 10) failures.push(`only ${texts.length} texts`);

// What the check is worth: it sees each of these.
for (const wrong of ['Get-Process', '& $x', '$a ?? 1', '$a?.b', '"$x"', '[System.IO.File]::Delete(\'x\')',
    '$x > y', 'if (', '$a.Invoke()', "'it's'", '$x = $a ? 1 : 2'])
    if (complaints(script + wrong + '\n').found.length === complaints(script).found.length)
        failures.push(`the check itself is blind to: ${wrong}`);
for (const failure of failures) console.error(`completion: ${failure}`);
console.log(`completion: ${script.split('\n').length} lines, ${texts.length} texts`);
process.exit(failures.length ? 1 : 0);
