// Every step of every finding for PowerShell, and of sh where the line is said to be the same in PowerShell,
// filled with hostile values: by the grammar of tree-sitter-powershell each has the words of the same command
// of harmless values, and no other nodes.
//
// usage: node --liftoff-only steps.mjs FOLDER_OF_NODE_MODULES SEED < samples of step_samples
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

// What is one word of text, whether bare or in quotes: [content], or null.
function textOf(node) {
    if (node.type === 'verbatim_string_characters')
        return node.text.slice(1, -1).replaceAll("''", "'");
    if (node.type === 'expandable_string_literal' && !/[$`]/.test(node.text))
        return node.text.slice(1, -1);
    if (/^(?:generic_token|path_command_name_token)$/.test(node.type) && /^[\w./:=@-]+$/.test(node.text))
        return node.text;
    if (/^(?:decimal|hexadecimal)_integer_literal$|^real_literal$/.test(node.type))
        return node.text; // which programs are handed as it is written
    return null;
}

// Nodes that hold nothing but one word of text stand for it.
const SHELLS = new Set(['string_literal', 'array_literal_expression', 'unary_expression', 'path_command_name',
    'generic_token', 'command_argument', 'integer_literal', 'logical_expression', 'bitwise_expression', 'comparison_expression',
    'additive_expression', 'multiplicative_expression', 'format_expression', 'range_expression', 'argument_expression']);

// The tree as nested lists; texts as { text }.
function shape(node) {
    const text = textOf(node);
    if (text !== null) return { text };
    if (node.childCount === 0) return [node.type, node.text.trim()];
    const children = node.children.map(shape);
    if (SHELLS.has(node.type) && children.length === 1 && 'text' in children[0]) return children[0];
    return [node.type, ...children];
}

function read(command) {
    const tree = parser.parse(asPowerShellReads(command));
    const result = { error: tree.rootNode.hasError, shape: shape(tree.rootNode) };
    tree.delete();
    return result;
}

const harmlessTrees = new Map();
function readHarmless(command) {
    if (!harmlessTrees.has(command)) harmlessTrees.set(command, read(command));
    return harmlessTrees.get(command);
}

// The text is the harmless one with the value, or the placeholder's name, at each mark.
function fits(harmless, found, value) {
    let at = 0;
    const parts = harmless.split(/zq([\w-]+?)qz/);
    return parts.every((part, number) => {
        const last = number + 1 === parts.length;
        for (const choice of number % 2 ? [value, `<${part}>`] : [part]) {
            if (found.startsWith(choice, at) && (!last || found.length === at + choice.length)) {
                at += choice.length;
                return true;
            }
        }
        return false;
    });
}

function difference(wanted, found, value) {
    if ('text' in wanted && 'text' in found)
        return fits(wanted.text, found.text, value) ? null : `'${found.text}' instead of '${wanted.text}'`;
    if ('text' in wanted !== 'text' in found || wanted.length !== found.length)
        return `${JSON.stringify(found).slice(0, 200)} instead of ${JSON.stringify(wanted).slice(0, 200)}`;
    for (const [i, want] of wanted.entries()) {
        if (typeof want === 'string') {
            if (want !== found[i]) return `${found[i]} instead of ${want}`;
            continue;
        }
        const why = difference(want, found[i], value);
        if (why) return why;
    }
    return null;
}

// "a-b,c-d" and "A, B" are words of a list to PowerShell, and none to the grammar. They are the template's own.
const LISTS = /(?<= )[A-Za-z*][\w*-]*(?:, ?[\w*-]+)+(?=[ )};]|$)/g;

function complaint(command, harmless, value) {
    for (const list of harmless.match(LISTS) ?? []) {
        command = command.replace(list, list.replace(/, ?/g, '.'));
        harmless = harmless.replace(list, list.replace(/, ?/g, '.'));
    }
    const wanted = readHarmless(harmless);
    const found = read(command);
    if (wanted.error) return `the template itself does not parse: ${harmless}`;
    if (found.error) return 'does not parse';
    return difference(wanted.shape, found.shape, asPowerShellReads(value));
}

// What the check is worth: it sees values leave naive quotes, and what is expanded.
const naive = [
    ["Get-One 'zqaqz' | Set-Two -Banner 'zqbqz'", "a'; Remove-Item x; 'b"], ["Get-One 'zqaqz'", 'a\u2019; Remove-Item x; \u2018b'],
    ["Get-One 'zqaqz'", "'"], ["Get-One 'zqaqz'", "a' 'b"], ['Get-One "zqaqz"', '$(Remove-Item x)'], ['Get-One "zqaqz"', '$x'],
    ['Get-One "zqaqz"', 'a`" ; x'], ['Get-One zqaqz', 'a;b'], ['Get-One zqaqz', 'a b'], ['Get-One zqaqz', '(x)'], ['Get-One zqaqz', '$x'],
    ['Get-One zqaqz', '{x}'], ['Get-One zqaqz', 'a,b'], ['Get-One zqaqz', '-b'],
];
for (const [harmless, value] of naive) {
    if (complaint(harmless.replace(/zq\w+?qz/g, () => value), harmless, value) === null) {
        console.error(`powershell: the check itself is blind to: ${harmless} with ${value}`);
        process.exit(1);
    }
}

const text = (hex) => Buffer.from(hex.slice(1), 'hex').toString('utf8');
const seen = new Set();
let failures = 0, refused = 0;
for (const line of readFileSync(0, 'latin1').split('\n')) {
    const [shell, type, source, kind, ...hexes] = line.split('\t');
    if (!['powershell', 'ems', 'both'].includes(shell)) continue;
    const [value, command, harmless] = hexes.map(text);
    const key = `${type} ${hexes[0]} ${hexes[2]}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (/<[\w-]+>/.test(command) && !/<[\w-]+>/.test(harmless)) refused++;
    const why = complaint(command, harmless, value);
    if (why === null) continue;
    if (++failures <= 10)
        console.error(`powershell: ${source} (${shell}, ${type}, ${kind}): ${why}: ${command.slice(0, 300)}`);
}
console.log(`powershell: ${seen.size} commands of ${harmlessTrees.size - naive.length} templates, in ${refused} a placeholder; seed ${process.argv[3]}`);
if (failures) console.error(`powershell: ${failures} failures, with seed ${process.argv[3]}`);
process.exit(failures || seen.size === 0 ? 1 : 0);
