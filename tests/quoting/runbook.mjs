// A runbook: PowerShell that is comments alone, whatever its report's texts are, and whichever system's
// ends its lines have.
//
// usage: node --liftoff-only runbook.mjs FOLDER_OF_NODE_MODULES < runbook
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

const text = readFileSync(0, 'utf8');
const lines = text.split(/\r?\n/);
const wrong = [];

// Each line by itself, too: where one is cut off from those before it, it is still a comment. What
// stands behind them is the one statement there is.
for (const part of [text, ...lines]) {
    const tree = parser.parse(`${part}\n$null\n`);
    const statements = tree.rootNode.children.filter((child) => child.type !== 'comment');
    if (tree.rootNode.hasError || statements.length !== 1 || statements[0].text.trim() !== '$null')
        wrong.push(statements.map((one) => `${one.type}: ${one.text.slice(0, 120)}`).join(' / '));
    tree.delete();
}
for (const line of lines.slice(0, -1)) {
    if (!line.startsWith('#')) wrong.push(`no comment: ${line.slice(0, 120)}`);
    if (/^#requires/i.test(line)) wrong.push(`acts: ${line}`);
    if (/[\r\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029]/.test(line)) wrong.push(`has controls: ${line}`);
}
if (text.length < 100) wrong.push('there is hardly a runbook');
for (const one of wrong.slice(0, 10)) console.error(one);
process.exit(wrong.length ? 1 : 0);
