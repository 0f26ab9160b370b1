// The script of `exdiag collect-script`: PowerShell by its grammar, nothing in it that is newer than
// PowerShell 2.0, nothing that changes a server, no secrets in its copies.
//
// usage: node --liftoff-only collect.mjs FOLDER_OF_NODE_MODULES < script
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

// Commands of PowerShell 2.0 that change nothing, with the parameters that are used of each.
// Start-Process runs the programs of PROGRAMS alone; Import-Module is for this session.
const COMMANDS = {
    'ConvertTo-Csv': ['-NoTypeInformation'],
    'ForEach-Object': [],
    'Get-ChildItem': ['-LiteralPath', '-Filter'],
    'Get-Location': ['-PSProvider'],
    'Get-WindowsFeature': [],
    'Import-Module': [],
    'Join-Path': [],
    'New-Object': ['-Property'],
    'Select-Object': ['-Property', '-Skip', '-Last', '-Unique'],
    'Sort-Object': ['-Property', '-Descending'],
    'Split-Path': ['-Leaf', '-Parent'],
    'Start-Process': ['-FilePath', '-ArgumentList', '-NoNewWindow', '-PassThru',
        '-RedirectStandardOutput', '-RedirectStandardError'],
    'Test-Path': ['-LiteralPath'],
    'Where-Object': [],
    'Write-Host': [],
};
const CALLED = ['$Native', '$Action']; // by '&'

// What programs are asked: each asks alone, and none is told to change anything.
const PROGRAMS = [
    /^\(Join-Path \$System32 'w32tm\.exe'\) \$question 60$/,
    /^\(Join-Path \$System32 'dism\.exe'\) '\/online \/english \/get-features \/format:table' 300$/,
    /^\(Join-Path \$System32 'setspn\.exe'\) \$Arguments 120$/,
    /^\(Join-Path \$System32 'wevtutil\.exe'\) \('epl \{0\} "\{1\}" "\/q:\{2\}" \/ow:true' -f \$Log, \(Get-Target \$name\), \$query\) 300$/,
    /^\$tools 'timesync status' 30$/,
];
const QUESTIONS = /^'\/query [a-z/ ]+'$/; // of w32tm
const NAMES = /^'[a-z.-]+' "-[LQ] /;     // of setspn

const STATICS = ['System.IO.File::Open', 'System.IO.File::WriteAllText', 'System.IO.File::Delete',
    'System.IO.File::GetAttributes', 'System.IO.Path::Combine', 'System.IO.Path::GetFullPath',
    'System.IO.Path::GetPathRoot',
    'System.IO.Directory::CreateDirectory', 'System.IO.Directory::Exists',
    'System.Text.Encoding::GetEncoding', 'System.BitConverter::GetBytes',
    'Microsoft.Win32.Registry::GetValue', 'Environment::ExpandEnvironmentVariables',
    'System.Text.RegularExpressions.Regex::Replace', 'System.Text.RegularExpressions.Regex::Matches',
    'System.Xml.XmlReader::Create', 'System.Diagnostics.FileVersionInfo::GetVersionInfo',
    'System.Security.Principal.WindowsIdentity::GetCurrent'];
const METHODS = ['Add', 'AddDays', 'AddRange', 'Close', 'Contains', 'GetAttribute', 'GetBaseException',
    'GetBytes', 'GetString', 'GetSubKeyNames', 'GetValue', 'GetValueKind', 'GetValueNames', 'IndexOf',
    'IsInRole', 'IsMatch', 'Kill', 'Load', 'OpenSubKey', 'ReadLine', 'ReadToEnd', 'Refresh', 'Replace',
    'SelectNodes', 'Split', 'StartsWith', 'Substring', 'ToArray', 'ToLowerInvariant', 'ToString', 'Trim',
    'TrimEnd', 'TrimStart', 'WaitForExit', 'Write'];
const OBJECTS = ['PSObject', 'System.Collections.ArrayList', 'System.IO.DriveInfo', 'System.IO.FileInfo',
    'System.IO.StreamReader', 'System.IO.StreamWriter', 'System.IO.StringReader',
    'System.Security.Principal.WindowsPrincipal', 'System.Text.RegularExpressions.Regex',
    'System.Text.UTF8Encoding', 'System.Xml.XmlDocument', 'System.Xml.XmlReaderSettings'];

// Whatever writes, removes or redirects does so at a name in the new folder.
const WRITES = [/WriteAllText\(/, /File\]::Delete\(/, /System\.IO\.StreamWriter /, /-RedirectStandard\w+ /];
const IN_FOLDER = [/WriteAllText\(\(Get-Target /, /File\]::Delete\(\(Get-Target /,
    /System\.IO\.StreamWriter \(Get-Target /, /-RedirectStandard\w+ \(Get-Target /];

// Words of PowerShell 3 and later.
const NEWER = [/-(?:not)?in\b/i, /-sh[lr]\b/i, /\[pscustomobject\]/i, /\[ordered\]/i, /\$PSItem\b/i,
    /::new\(/i, /\.(?:ForEach|Where)\(/i, /\?\.|\?\?|&&|\|\|/, /\$PSScriptRoot\b/i, /\$PSCommandPath\b/i,
    /\busing\s+(?:module|namespace|assembly)\b/i, /^\s*(?:class|enum)\s/im, /\*>/, /\$using:/i,
    /#requires/i];

function* nodes(node) {
    yield node;
    for (const child of node.children) yield* nodes(child);
}

function checkCommand(node, functions, say) {
    const operator = node.children.find((child) => child.type === 'command_invokation_operator');
    if (operator) {
        const name = node.children.find((child) => child.type === 'command_name_expr')?.text;
        if (operator.text !== '&' || !CALLED.includes(name)) say(node, `calls ${node.text}`);
        return;
    }
    const name = node.childForFieldName('command_name').text;
    const used = [...nodes(node)].filter((one) => one.type === 'command_parameter');
    const own = used.filter((one) => {
        let above = one.parent;
        while (above.type !== 'command') above = above.parent;
        return above.id === node.id;
    });
    if (functions.includes(name)) {
        if (own.length) say(node, `parameters by name: ${node.text}`);
        return;
    }
    if (!(name in COMMANDS)) return say(node, `command ${name}`);
    for (const parameter of own)
        if (!COMMANDS[name].includes(parameter.text)) say(node, `${name} ${parameter.text}`);
    if (/^(?:Where|ForEach)-Object$/.test(name) && !/^\S+ \{/.test(node.text))
        say(node, `${name} without a script block`);
    if (name === 'New-Object' && !OBJECTS.includes(node.text.split(/\s+/)[1]))
        say(node, `makes ${node.text}`);
}

function checkCall(node, say) {
    const call = node.text.slice(0, node.text.length - node.children.at(-1).text.length);
    const fixed = /^\[([\w.]+)\]::(\w+)$/.exec(call);
    if (fixed && !STATICS.includes(`${fixed[1]}::${fixed[2]}`)) say(node, `calls ${call}`);
    if (!fixed && !METHODS.includes(/\.(\w+)$/.exec(call)?.[1])) say(node, `calls ${call}`);
}

function checkPrograms(text, say) {
    const at = (match) => ({ startPosition: { row: text.slice(0, match.index).split('\n').length - 1 } });
    for (const match of text.matchAll(/(?<!function )Read-Program (.*?)(?:\) \+ "`r`n"\)?)?\)?$/gm)) {
        const asked = match[1].replace(/\) \+ "`r`n"$/, '');
        if (!PROGRAMS.some((program) => program.test(asked) || program.test(asked.replace(/\)$/, ''))))
            say(at(match), `runs ${match[1]}`);
    }
    for (const match of text.matchAll(/foreach \(\$question in (.*)\) \{$/gm))
        if (!match[1].split(', ').every((one) => QUESTIONS.test(one))) say(at(match), `asks ${match[1]}`);
    for (const match of text.matchAll(/Save-Names (.*?) \}$/gm))
        if (!NAMES.test(match[1])) say(at(match), `asks setspn ${match[1]}`);
}

// What is wrong with the script, a line each.
function complaints(script) {
    const found = [];
    const say = (node, what) => found.push(`line ${node.startPosition.row + 1}: ${what}`);
    const tree = parser.parse(script);
    const all = [...nodes(tree.rootNode)];
    const functions = all.filter((one) => one.type === 'function_name').map((one) => one.text);
    const code = all.filter((one) => one.type === 'comment')
        .reduceRight((text, one) => text.slice(0, one.startIndex) + text.slice(one.endIndex), script);

    for (const node of all) {
        if (node.isError || node.isMissing) say(node, `no PowerShell: ${node.text.slice(0, 60)}`);
        else if (node.type === 'command') checkCommand(node, functions, say);
        else if (node.type === 'invokation_expression') checkCall(node, say);
        else if (node.type === 'redirection') say(node, `redirects: ${node.text}`);
    }
    for (const [i, writes] of WRITES.entries())
        for (const match of code.matchAll(new RegExp(writes, 'g')))
            if (!IN_FOLDER[i].test(code.slice(match.index, match.index + 120)))
                say(tree.rootNode, `writes outside of its folder: ${code.slice(match.index, match.index + 60)}`);
    for (const newer of NEWER)
        if (newer.test(code.replace(/'(?:[^']|'')*'/g, "''"))) say(tree.rootNode, `newer than 2.0: ${newer}`);
    checkPrograms(code, say);
    tree.delete();
    return found;
}

// The script's own patterns, as it applies them.
function hide(script, text) {
    const table = /\$Secrets = @\(([^]*?)\n\)/.exec(script)[1];
    const rows = [...table.matchAll(/@\('((?:[^']|'')*)', '((?:[^']|'')*)'\)/g)];
    if (rows.length < 4) throw new Error('the patterns of secrets were not found');
    for (const [, pattern, replacement] of rows)
        text = text.replace(new RegExp(pattern.replaceAll("''", "'"), 'gi'), replacement.replaceAll("''", "'"));
    return text;
}

const HIDDEN = [ // as it is, as it is copied
    ['<add name="P" userName="svc" password="geheim" />', '<add name="P" userName="svc" password="removed" />'],
    ["<add password='a\"b' />", '<add password="removed" />'],
    ['<a password = "x y"\n b="1"/>', '<a password = "removed"\n b="1"/>'],
    ['<virtualDirectory path="/" password="[enc:IISWASOnlyCngProvider:abc:enc]" />',
        '<virtualDirectory path="/" password="removed" />'],
    ['<machineKey validationKey="AB12,IsolateApps" decryptionKey="CD34" validation="SHA1" />',
        '<machineKey validationKey="removed" decryptionKey="removed" validation="SHA1" />'],
    ['<add name="db" connectionString="Data Source=.;Password=x" providerName="y" />',
        '<add name="db" connectionString="removed" providerName="y" />'],
    ['<sessionState sqlConnectionString="a" stateConnectionString="b" />',
        '<sessionState sqlConnectionString="removed" stateConnectionString="removed" />'],
    ['<add name="AesProvider" keyContainerName="iisConfigurationKey" sessionKey="AQIA" />',
        '<add name="AesProvider" keyContainerName="iisConfigurationKey" sessionKey="removed" />'],
    ['<add key="SmtpPassword" value="x" />', '<add key="SmtpPassword" value="removed" />'],
    ['<add value="x" key="ClientSecret" />', '<add value="removed" key="ClientSecret" />'],
    ['<CipherValue>AbC+/=</CipherValue>', '<CipherValue>removed</CipherValue>'],
    ['<add key="MyDb" value="Server=sql1;User Id=sa;Password=Sommer1;" />', '<add key="MyDb" value="removed" />'],
    ['<add value=\'a"b\' name="DB_PASS" />', '<add value="removed" name="DB_PASS" />'],
    ['<add name="Authorization" value="Bearer eyJ0" />', '<add name="Authorization" value="removed" />'],
    ['<set name="HTTP_AUTHORIZATION" value="Basic QWxh" />', '<set name="HTTP_AUTHORIZATION" value="removed" />'],
    ['<environmentVariable name="K" value="x" />', '<environmentVariable name="K" value="removed" />'],
    ['<add key="ProxyTimeout" value="60" />', '<add key="ProxyTimeout" value="removed" />'],
    [`<add name="x" value="y" note="${'z'.repeat(9000)}" />`, `<add name="x" value="removed" note="${'z'.repeat(9000)}" />`],
    ['<setting name="Password" serializeAs="String"><value>clear</value></setting>',
        '<setting name="Password" serializeAs="String"><value>removed</value></setting>'],
    ['<password>clear2</password>', '<password>removed</password>'],
    ['<action type="Rewrite" url="https://h/?a=1&amp;sig=ab%2F" />', '<action type="Rewrite" url="https://h/?a=1&amp;sig=removed" />'],
    ['<remote at="Endpoint=x;SharedAccessKey=abc==;b=1" />', '<remote at="Endpoint=x;SharedAccessKey=removed;b=1" />'],
    ['<identityProxy proxyPassword="x"/>', '<identityProxy proxyPassword="removed"/>'],
];
const KEPT = [ // copied as it is
    '<credentials passwordFormat="SHA1" />', '<add name="kerbauth" image="C:\\a b\\kerbauth.dll" />',
    '<add password="" />', '<add key="HttpProxy.ProtocolType" value="PowerShell" />',
    '<add value="X-FEServer" key="IsEwsAppPool" />', '<providers>\n <add value="Negotiate" />\n <add value="NTLM" />\n</providers>',
    '<property id="6" dataType="String" userType="1" value="15.2.1118.7" />',
    '<add type="System.X, Version=4.0.0.0, PublicKeyToken=31bf3856ad364e35" />',
    '<connectionStrings>\n</connectionStrings>', '<httpRedirect destination="https://mail.contoso.com/owa" />',
    '<add name="TokenCacheModule" image="%windir%\\System32\\inetsrv\\cachtokn.dll" />',
    '<basicAuthentication enabled="false" />', '<add name="X-FEServer" value="EX01" />',
    '<anonymousAuthentication enabled="true" userName="IUSR" />', '<CipherValue></CipherValue>',
];

const script = readFileSync(0, 'latin1');
const failures = complaints(script.replaceAll('\r\n', '\n'));
if (/[^\x09\x0a\x0d\x20-\x7e]/.test(script)) failures.push('not all of it is ASCII');
if (/(?<!\r)\n|\r(?!\n)/.test(script)) failures.push('a line does not end with CR LF');
for (const [text, copy] of HIDDEN)
    if (hide(script, text) !== copy) failures.push(`of ${text} the copy is ${hide(script, text)}`);
for (const text of KEPT)
    if (hide(script, text) !== text) failures.push(`of ${text} the copy is ${hide(script, text)}`);

// What the check is worth: it sees each of these, put in where nothing else is.
const last = "Write-Host 'x'\n";
for (const wrong of ['Remove-Item x', 'Set-ItemProperty x y z', 'iisreset', 'Get-Content x -Raw',
    'Get-ChildItem -LiteralPath x -File', 'Get-CimInstance x', '$a | Export-Csv x -Append', 'if (1 -in $a) { }',
    '[pscustomobject] @{ a = 1 }', '$a.ForEach({ 1 })', '[System.IO.File]::WriteAllText("x", "y", $z)',
    '[System.IO.File]::Delete("x")', '[System.IO.File]::Move("x", "y")', '& $anything', '. x.ps1', 'Get-Process > x',
    'New-Object System.Net.WebClient', '$key.SetValue("x", 1)', '$a | Where-Object Name', 'Invoke-Expression $x',
    "Read-Program 'x.exe' '/delete' 1", "Save-Names 'x' \"-D \" }", 'if (', '[ordered] @{ }',
    'New-Object System.IO.StreamWriter "x", $false', '[Microsoft.Win32.Registry]::SetValue("x", "y", 1)']) {
    const before = complaints(last).length;
    if (complaints(last + wrong + '\n').length === before) failures.push(`the check itself is blind to: ${wrong}`);
}
for (const failure of failures) console.error(`collect-script: ${failure}`);
console.log(`collect-script: ${script.split('\n').length} lines`);
process.exit(failures.length ? 1 : 0);
