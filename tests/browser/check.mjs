// HTML reports in Chromium: what they load, who can use them, what their script does, what they are
// on paper. A case is an async function by name in CASES; each has a fresh context.
//
// usage: node check.mjs FOLDER_OF_NODE_MODULES CHROMIUM FOLDER_OF_REPORTS
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, chromiumPath, folder] = process.argv.slice(2);
const require = createRequire(resolve(modules, 'package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const ALL = ['demo', 'runs', 'golden', 'hostile', 'empty'];
const RUN_MOST = 300 * 1000;  // a typical run: four servers' evidence
const DEMO_MOST = 300 * 1024; // everything that can be wrong at once

const pathOf = (name) => join(folder, name + '.html');
const urlOf = (name) => pathToFileURL(pathOf(name)).href;

function expect(fine, message) {
    if (!fine) throw new Error(message);
}

function expectEqual(actual, expected, what) {
    expect(actual === expected, `${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

const browser = await chromium.launch({ executablePath: chromiumPath,
    args: process.getuid() === 0 ? ['--no-sandbox'] : [] });

// A page and what it asked for, said and broke.
async function open(name, options = {}, hash = '') {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const asked = [], errors = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(urlOf(name) + hash);
    return { context, page, asked, errors };
}

const commandsOf = (page) => page.evaluate(() => [...document.querySelectorAll('.steps pre')].map((one) =>
    [...one.childNodes].filter((node) => node.nodeName !== 'BUTTON').map((node) => node.textContent).join('')));

// ---- what it asks for ----

async function nothingLeavesTheFile(name) {
    const { context, page, asked, errors } = await open(name);
    await page.mouse.wheel(0, 100000);
    await page.waitForTimeout(100);
    await context.close();
    expectEqual(asked.filter((url) => url !== urlOf(name)).join(' '), '', 'requests');
    expectEqual(errors.join(' '), '', 'errors');
}

// ---- who can use it ----

// Every rule of axe but experiments, those of the highest level, too. Sizes of targets are nothing on paper.
async function axeFindsNothing(name, width, colorScheme, media = 'screen') {
    const { context, page } = await open(name, { viewport: { width, height: 900 }, colorScheme,
        bypassCSP: true });
    await page.emulateMedia({ media });
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
    await page.evaluate(AXE);
    const violations = await page.evaluate((onPaper) => {
        const rules = {};
        for (const { ruleId, tags } of axe.getRules())
            rules[ruleId] = { enabled: !tags.includes('experimental') && !(onPaper && ruleId === 'target-size') };
        return axe.run(document, { rules, resultTypes: ['violations'] }).then((result) =>
            result.violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 120)} ` +
                one.nodes[0].failureSummary));
    }, media === 'print');
    await context.close();
    expectEqual(violations.join('\n'), '', 'violations');
}

async function nothingIsWiderThanThePage(name) {
    for (const width of [320, 390, 768, 1024, 1280]) {
        const { context, page } = await open(name, { viewport: { width, height: 800 } });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        await context.close();
        expect(wide <= width, `${wide} pixels on a screen of ${width}`);
    }
}

// Without the script there is no control, and without the style nothing is hidden.
async function allIsReadableWithoutScript(name) {
    const scripted = await open(name);
    const commands = await commandsOf(scripted.page);
    await scripted.context.close();
    const { context, page } = await open(name, { javaScriptEnabled: false });
    const seen = await page.locator('.steps pre').evaluateAll((all) => all.map((one) =>
        one.checkVisibility() ? one.textContent : '(hidden)')).catch(() => null);
    expectEqual(await page.locator('button, input, select').count(), 0, 'controls');
    expectEqual(await page.locator('details:not([open])').count(), 0, 'folded parts');
    for (const locator of await page.locator('article').all())
        expect(await locator.isVisible(), 'an entry is hidden');
    await context.close();
    expectEqual(JSON.stringify(seen), JSON.stringify(commands), 'commands');
}

async function allIsReadableInASandbox(name) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.setContent('<iframe sandbox style="width:800px;height:600px"></iframe>');
    await page.evaluate((html) => { document.querySelector('iframe').srcdoc = html; },
        readFileSync(pathOf(name), 'utf8'));
    const frame = page.frameLocator('iframe');
    await frame.locator('h1').waitFor();
    expect(await frame.locator('h1').isVisible(), 'no heading');
    expectEqual(await frame.locator('.filter').count(), 0, 'filters');
    await context.close();
}

// ---- the policy ----

// A server counts what reaches it: the browser tells of requests that its policy stops, too.
async function plantedScriptsAndStylesDoNothing() {
    let reached = '';
    const server = createServer((request, response) => { reached += request.url; response.end(); });
    await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
    const there = `http://127.0.0.1:${server.address().port}`;
    const planted = `<script>document.title = 'owned'</script>
        <script src="${there}/a.js"></script><img src="${there}/b.png" onerror="document.title='owned'">
        <style>h1 { display: none }</style><h1 style="display: none" id="styled">planted</h1>
        <link rel="stylesheet" href="${there}/c.css"><iframe src="${there}/d"></iframe>
        <form action="${there}/e"><button id="send">send</button></form>
        <a href="javascript:document.title='owned'" id="click">click</a><svg onload="document.title='owned'"></svg>
        <base href="${there}/">`;
    const report = readFileSync(pathOf('golden'), 'utf8').replace('<main>', '<main>' + planted);
    writeFileSync(pathOf('planted'), report);
    const { context, page } = await open('planted');
    await page.locator('#click').click();
    await page.waitForTimeout(200);
    expectEqual((await page.title()).slice(0, 7), 'Mail of', 'the title that a planted script changes');
    expect(await page.locator('#styled').isVisible(), 'a planted style acts');
    expect(await page.locator('h1').last().isVisible(), 'a planted style sheet acts');
    expectEqual(await page.locator('.filter').count(), 1, 'filters of the own script');
    await page.evaluate(() => document.getElementById('send').click());
    await page.waitForTimeout(200);
    expectEqual(reached, '', 'what reached the server');
    expectEqual(page.url(), urlOf('planted'), 'the address');
    await context.close();
    server.close();
}

async function anotherScriptDoesNotRun() {
    const report = readFileSync(pathOf('golden'), 'utf8');
    writeFileSync(pathOf('changed'), report.replace("'use strict';", "'use strict';document.title = 'owned';"));
    const { context, page } = await open('changed');
    expect((await page.title()).startsWith('Mail of'), 'a script of another hash ran');
    expectEqual(await page.locator('.filter').count(), 0, 'filters');
    await context.close();
}

// ---- filters ----

const shownOf = (page) => page.locator('article:visible, .brief:visible').count();
const saidOf = (page) => page.locator('.shown').textContent();

async function tabTo(page, selector) {
    for (let i = 0; i < 200; i++) {
        if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
        await page.keyboard.press('Tab');
    }
    throw new Error(`no way to ${selector} by Tab`);
}

async function filtersWorkByKeyboard() {
    const { context, page } = await open('golden');
    const all = await shownOf(page);
    expectEqual(await saidOf(page), `${all} of ${all} findings shown`, 'at first');
    expectEqual(await page.locator('.shown').getAttribute('role'), 'status', 'what announces it');
    await tabTo(page, '.filter fieldset input');
    await page.keyboard.press('Space');
    const critical = await page.locator('article:has(.standing.critical)').count();
    expect(critical > 0, 'nothing is critical');
    expectEqual(await shownOf(page), all - critical, 'entries that are not critical');
    expectEqual(await saidOf(page), `${all - critical} of ${all} findings shown`, 'what is said');
    expectEqual(await page.locator('nav li li.critical:visible').count(), 0, 'critical ones in the contents');
    await page.keyboard.press('Space');
    await tabTo(page, '.filter label:nth-of-type(1) > select');
    await page.keyboard.type('mx1.example.com');
    expectEqual(await shownOf(page), 2, 'entries of one server');
    await tabTo(page, '.filter label:nth-of-type(2) > select');
    await page.keyboard.type('mx');
    expectEqual(await saidOf(page), `1 of ${all} findings shown`, 'of one server and one probe');
    expect(page.url().includes('subject=mx1.example.com') && page.url().includes('probe=mx'), page.url());
    await tabTo(page, '.filter button');
    await page.keyboard.press('Enter');
    expectEqual(await shownOf(page), all, 'entries after "Show all"');
    await context.close();
}

async function filtersAreInTheAddress() {
    const { context, page } = await open('golden', {}, '#severity=critical&subject=ex1.corp.example.com');
    expectEqual(await shownOf(page), 2, 'entries');
    expectEqual(await page.locator('.filter fieldset input:checked').count(), 1, 'boxes that are ticked');
    await page.evaluate(() => { location.hash = '#finding-1'; });
    await page.locator('#finding-1').waitFor({ state: 'visible' });
    expect(await page.locator('#finding-1').isVisible(), 'a link leads to what is hidden');
    await context.close();
    for (const hash of ['#severity=x&subject=<b>&probe=%', '#%', '#finding-999', '#severity=']) {
        const odd = await open('golden', {}, hash);
        expectEqual(odd.errors.join(' '), '', `errors with ${hash}`);
        await odd.context.close();
    }
}

async function whatIsFilteredIsSaidOnPaper() {
    const { context, page } = await open('golden', {}, '#probe=clock');
    await page.emulateMedia({ media: 'print' });
    const words = await page.locator('.on-paper').innerText();
    expect(/^Filtered: 1 of \d+ findings shown \(probe clock\)$/.test(words), words);
    await context.close();
}

/** A step may stand on another page than the one before, which has its place on the screen. */
async function everyStepHasItsPlaceOnPaper() {
    const { context, page } = await open('demo');
    const nowhere = () => page.evaluate(() => [...document.querySelectorAll('.steps > li')]
        .filter((step) => ![...step.querySelectorAll(':scope > b, :scope > .at b')].some((b) => b.checkVisibility()))
        .length);
    expect(await nowhere() > 10, 'no step goes on in the place of the one before');
    await page.emulateMedia({ media: 'print' });
    expectEqual(await nowhere(), 0, 'steps without a place on paper');
    await context.close();
}

// ---- copying ----

async function copyGivesTheCommand(name, options, prepare) {
    const { context, page } = await open(name, options);
    await page.evaluate(prepare);
    const commands = await commandsOf(page);
    const wanted = commands.map((_, i) => i).filter((i) => i % Math.ceil(commands.length / 8) === 0);
    for (const i of wanted) {
        await page.locator('.copy').nth(i).focus();
        await page.keyboard.press('Enter');
        await page.locator('.copy').nth(i).filter({ hasText: 'Copied' }).waitFor();
        await page.evaluate(() => {
            const area = document.createElement('textarea');
            area.id = 'paste';
            document.body.append(area);
            area.focus();
        });
        await page.keyboard.press('Control+V');
        expectEqual(await page.inputValue('#paste'), commands[i], 'what is pasted');
        await page.evaluate(() => document.getElementById('paste').remove());
    }
    expect(wanted.length > 0, 'nothing to copy');
    await context.close();
}

const copyByTheClipboard = (name) => copyGivesTheCommand(name,
    { permissions: ['clipboard-read', 'clipboard-write'] }, () => {});

const copyWithoutTheClipboard = (name) => copyGivesTheCommand(name, {}, () => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
});

async function copyLeavesASelectionAtLeast() {
    const { context, page } = await open('golden');
    await page.evaluate(() => {
        Object.defineProperty(navigator, 'clipboard', { value: undefined });
        document.execCommand = () => false;
    });
    const [first] = await commandsOf(page);
    await page.locator('.copy').first().click();
    await page.locator('.copy').first().filter({ hasText: 'Ctrl+C' }).waitFor();
    expectEqual(await page.evaluate(() => String(getSelection())), first, 'the selection');
    await context.close();
}

async function commandsAreThoseOfJson() {
    const report = JSON.parse(readFileSync(join(folder, 'runs.json'), 'utf8'));
    const known = new Set(report.findings.flatMap((one) => [one.fix, one.verify, one.undo]).flat()
        .filter((step) => step && step.shell !== 'manual').map((step) => step.command));
    const { context, page } = await open('runs');
    const commands = await commandsOf(page);
    await context.close();
    expect(commands.length > 20, `${commands.length} commands`);
    for (const command of commands) expect(known.has(command), `not in JSON: ${command}`);
}

// ---- paper ----

const RIGHT_TO_LEFT = /[\u0590-\u08ff]/; // of which pdftotext tells the order of the glyphs
const squeeze = (text) => text.replace(/\s+/g, '').normalize('NFKC');

async function everyCommandIsOnPaper(name, format) {
    const { context, page } = await open(name);
    const commands = await commandsOf(page);
    const headline = await page.locator('.headline').innerText();
    const pdf = join(folder, `${name}.pdf`);
    await page.pdf({ path: pdf, format });
    await context.close();
    // Without their numbers, which stand first or last.
    const pages = execFileSync('pdftotext', ['-raw', pdf, '-'], { maxBuffer: 1 << 28 }).toString().split('\f')
        .map((one) => one.trim().replace(/^\d+\n|\n\d+$/g, ''));
    const text = squeeze(pages.join(''));
    for (const command of commands.filter((one) => !RIGHT_TO_LEFT.test(one)))
        expect(text.includes(squeeze(command)), `not on paper: ${command}`);
    expect(squeeze(pages[0]).includes(squeeze(headline)), 'the headline is not on the first page');
    expect(/^\s*(Filtered.*\s+)?Contents\b/.test(pages[1]), `the second page begins with ${pages[1].slice(0, 60)}`);
    expect(!/^(Copy|Filter|Show all)$/m.test(pages.join('\n')), 'a control is on paper');
}

// ---- size ----

async function aTypicalRunIsSmall() {
    const { size } = statSync(pathOf('demo'));
    const run = statSync(pathOf('runs')).size;
    const { context, page } = await open('demo');
    const times = await page.evaluate(() => {
        const [it] = performance.getEntriesByType('navigation');
        return [it.domInteractive, it.loadEventEnd].map(Math.round);
    });
    await context.close();
    console.log(`the demonstration: ${size} bytes; read after ${times[0]} ms, open after ${times[1]} ms`);
    expect(size < DEMO_MOST, `the demonstration: ${size} bytes`);
    expect(run < RUN_MOST, `a run: ${run} bytes`);
}

// ---- all of them ----

const CASES = [
    ...ALL.map((name) => [`nothing leaves the file: ${name}`, () => nothingLeavesTheFile(name)]),
    ...ALL.flatMap((name) => [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark'], [700, 'light', 'print']]
        .filter(([width, scheme, media]) => name !== 'hostile' || (width === 390 && scheme === 'dark') || media)
        .map((way) => [`axe finds nothing: ${name}, ${way.join(' ')}`, () => axeFindsNothing(name, ...way)])),
    ...ALL.map((name) => [`nothing is wider than the page: ${name}`, () => nothingIsWiderThanThePage(name)]),
    ...ALL.map((name) => [`readable without its script: ${name}`, () => allIsReadableWithoutScript(name)]),
    ...ALL.map((name) => [`readable in a sandbox: ${name}`, () => allIsReadableInASandbox(name)]),
    ['planted scripts and styles do nothing', plantedScriptsAndStylesDoNothing],
    ['another script does not run', anotherScriptDoesNotRun],
    ['filters work by keyboard', filtersWorkByKeyboard],
    ['filters are in the address', filtersAreInTheAddress],
    ['what is filtered is said on paper', whatIsFilteredIsSaidOnPaper],
    ['every step has its place on paper', everyStepHasItsPlaceOnPaper],
    ...['demo', 'golden', 'hostile'].flatMap((name) => [
        [`copy by the clipboard: ${name}`, () => copyByTheClipboard(name)],
        [`copy without the clipboard: ${name}`, () => copyWithoutTheClipboard(name)]]),
    ['copy leaves a selection at least', copyLeavesASelectionAtLeast],
    ['commands are those of JSON', commandsAreThoseOfJson],
    ...ALL.flatMap((name) => ['A4', 'Letter'].map((format) =>
        [`every command is on paper: ${name}, ${format}`, () => everyCommandIsOnPaper(name, format)])),
    ['a typical run is small', aTypicalRunIsSmall],
];

const only = process.env.EXDIAG_CASES; // a part of a name
let passed = 0, failed = 0;
for (const [name, run] of CASES) {
    if (only && !name.includes(only)) continue;
    try {
        await run();
        passed++;
    } catch (error) {
        failed++;
        console.log(`FAILED ${name}: ${error.message.slice(0, 2000)}`);
    }
    for (const context of browser.contexts()) await context.close();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
