# Gathers on an Exchange server what exdiag reads of it, where exdiag itself may not run.
#
#   powershell -NoProfile -ExecutionPolicy Bypass -File collect.ps1
#   powershell -NoProfile -ExecutionPolicy Bypass -File collect.ps1 -Output D:\ex01 -Days 2
#
# Where a policy lets no script run that is not signed, in a PowerShell where this lies:
#
#   & ([scriptblock]::Create((Get-Content -LiteralPath collect.ps1 | Out-String)))
#
# It makes one new folder and writes into that alone, some 600 MB at most with the figures below. It
# changes no setting, no service and no other file, but for the logs that dism and Get-WindowsFeature
# keep of themselves. Nothing is sent anywhere; setspn asks a domain controller for names, as any user
# may. Better in a PowerShell that was started as administrator: without, some files are closed, and
# README.txt in the new folder says which. Look through the folder before you pass it on: README.txt
# also says what of persons is in it. Whoever may read the folder that it is made in may read it, too.
#
# At your desk: exdiag check --file FOLDER
#
# Runs in PowerShell 2.0 (Windows Server 2008 R2) and later. ASCII only.

param(
    # The folder to make; it must not be there yet. Else exdiag-COMPUTER-TIME beside this script.
    [string] $Output = '',
    # How many days back logs are taken.
    [int] $Days = 3,
    # Megabytes kept of each kind of log, the newest files first.
    [int] $Megabytes = 32
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# ---- which PowerShell this is ----

if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Write-Host 'A policy restricts PowerShell here (AppLocker, WDAC), and this script does not run so.'
    return
}

# A 32-bit PowerShell sees other files and another registry than the server does: on to its
# neighbour of 64 bits, which Windows shows to it as Sysnative.
$Self = $MyInvocation.MyCommand.Path # none of lines that were typed
$Native = Join-Path $env:windir 'Sysnative\WindowsPowerShell\v1.0\powershell.exe'
if (Test-Path -LiteralPath $Native) {
    if (-not $Self) {
        Write-Host 'This is a 32-bit PowerShell. Start Windows PowerShell without (x86), and run this there.'
        return
    }
    $same = @('-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', $Self, '-Days', $Days, '-Megabytes', $Megabytes)
    if ($Output) {
        $same += @('-Output', $Output.TrimEnd('\')) # it would end a quotation
    }
    & $Native $same
    return
}
$System32 = Join-Path $env:windir 'System32'

# Bytes as text and back, none of them changed: what is copied stays as it is, in any code page.
$Bytes = [System.Text.Encoding]::GetEncoding(28591)
$Utf8 = New-Object System.Text.UTF8Encoding $true
$Invariant = [System.Globalization.CultureInfo]::InvariantCulture
$Began = [DateTime]::UtcNow
$Megabyte = 1048576
$AnyCase = [System.Text.RegularExpressions.RegexOptions] 'IgnoreCase, CultureInvariant'

# ---- the folder, and all that ever writes: names of files in it ----

$Here = (Get-Location -PSProvider FileSystem).ProviderPath
if (-not $Output) {
    $Output = 'exdiag-' + $env:COMPUTERNAME + '-' + $Began.ToString('yyyyMMdd-HHmmss', $Invariant)
    if ($Self) {
        $Here = Split-Path -Parent $Self
    }
}
$Folder = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($Here, $Output))
if ("$Folder\".StartsWith("$env:windir\", [StringComparison]::OrdinalIgnoreCase)) {
    Write-Host "$Folder is in the folder of Windows. Name another one with -Output, such as D:\ex01."
    return
}
# Exchange takes no more mail where a drive that it keeps queues on is nearly full.
$Free = $null
try {
    $Free = (New-Object System.IO.DriveInfo ([System.IO.Path]::GetPathRoot($Folder))).AvailableFreeSpace
}
catch {
    # a share has no letter: what is free there is not known
}
$Needed = 2048 + 20 * $Megabytes
if ($Free -ne $null -and $Free -lt $Needed * $Megabyte) {
    Write-Host "Less than $Needed MB are free where $Folder is to be. Name a folder on another drive with -Output."
    return
}
if (Test-Path -LiteralPath $Folder) {
    Write-Host "$Folder is there already. Name a folder that is not, with -Output."
    return
}
[void] [System.IO.Directory]::CreateDirectory($Folder)

$Collected = New-Object System.Collections.ArrayList
$Missing = New-Object System.Collections.ArrayList

function Get-Target([string] $Name) {
    return [System.IO.Path]::Combine($Folder, ($Name -replace '[^A-Za-z0-9._-]', '_'))
}

function Write-Target([string] $Name, [string] $Text, $Encoding) {
    [System.IO.File]::WriteAllText((Get-Target $Name), $Text, $Encoding)
}

function Remove-Target([string] $Name) {
    [System.IO.File]::Delete((Get-Target $Name))
}

function Get-TargetSize([string] $Name) {
    return (New-Object System.IO.FileInfo (Get-Target $Name)).Length
}

# ---- what README.txt will say ----

function Add-Collected([string] $Name, [string] $From) {
    $line = '{0,12}  {1}  ({2})' -f (Get-TargetSize $Name), (Split-Path -Leaf (Get-Target $Name)), $From
    [void] $Collected.Add($line)
    Write-Host "  $line"
}

function Add-Missing([string] $What, [string] $Why) {
    $line = $What + ': ' + ($Why -replace '\s+', ' ').Trim()
    [void] $Missing.Add($line)
    Write-Host "  not collected: $line"
}

# Of an error that was caught: the innermost, for the others only tell of it.
function Get-Reason($Caught) {
    return $Caught.Exception.GetBaseException().Message
}

# The error says that there is no such file.
function Test-Absent($Caught) {
    $why = $Caught.Exception.GetBaseException()
    return $why -is [System.IO.FileNotFoundException] -or $why -is [System.IO.DirectoryNotFoundException]
}

# One thing to gather: whatever goes wrong with it is told, and the next one goes on.
function Invoke-Step([string] $What, [scriptblock] $Action) {
    Write-Host $What
    try {
        & $Action
    }
    catch {
        Add-Missing $What (Get-Reason $_)
    }
}

# ---- reading ----

# Also where there is no such drive, and of what is no path.
function Join-Text([string] $Path, [string] $Below) {
    return $Path.TrimEnd('\') + '\' + $Below
}

# For reading a file that its program goes on writing to.
$Sharing = [System.IO.FileShare] 'ReadWrite, Delete'

function Open-Shared([string] $Path) {
    return [System.IO.File]::Open($Path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, $Sharing)
}

function Read-Shared([string] $Path, [int] $MegabytesMost) {
    $stream = Open-Shared $Path
    try {
        if ($stream.Length -gt $MegabytesMost * $Megabyte) {
            throw "$Path has more than $MegabytesMost MB"
        }
        $reader = New-Object System.IO.StreamReader $stream, $Bytes, $false
        return $reader.ReadToEnd()
    }
    finally {
        $stream.Close()
    }
}

# What a program of Windows prints, byte by byte. It is ended if it takes too long.
function Read-Program([string] $Program, [string] $Arguments, [int] $Seconds) {
    $process = Start-Process -FilePath $Program -ArgumentList $Arguments -NoNewWindow -PassThru -RedirectStandardOutput (Get-Target 'printed.tmp') -RedirectStandardError (Get-Target 'errors.tmp')
    try {
        $script:ExitStatus = $null
        try {
            [void] $process.Handle # without having been asked for it, a process forgets its exit status
        }
        catch {
            # it has ended already: its exit status is not known
        }
        if (-not $process.WaitForExit($Seconds * 1000)) {
            $process.Kill()
            throw "$Program $Arguments was still running after $Seconds s"
        }
        try {
            $script:ExitStatus = $process.ExitCode
        }
        catch {
            # not known, as above: what it has written tells
        }
        $script:Errors = Read-Shared (Get-Target 'errors.tmp') 1
        return Read-Shared (Get-Target 'printed.tmp') 16
    }
    finally {
        try {
            Remove-Target 'printed.tmp'
            Remove-Target 'errors.tmp'
        }
        catch {
            # still held by what was ended: it is removed behind the last step
        }
    }
}

# ---- the registry: chosen values alone, in the form of reg export ----

# Keys below HKEY_LOCAL_MACHINE; '*' stands for all values, '**' for those of keys below it too.
# Keys come before those that they are below: that a key is in the file says that nothing else
# which exdiag reads is below it, so it is left out where one of those is closed.
$Wanted = @(
    @('SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName', 'ComputerName'),
    @('SYSTEM\CurrentControlSet\Services\Tcpip\Parameters', 'Hostname', 'NV Hostname', 'Domain', 'NV Domain'),
    @('SYSTEM\CurrentControlSet\Control\ProductOptions', 'ProductType'),
    @('SYSTEM\CurrentControlSet\Control\Session Manager\Environment', 'ExchangeInstallPath', 'windir'),
    @('SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0', 'BackConnectionHostNames'),
    @('SYSTEM\CurrentControlSet\Control\Lsa\Kerberos\Parameters', 'SkewTime'),
    @('SYSTEM\CurrentControlSet\Control\Lsa', 'DisableLoopbackCheck'),
    @('SYSTEM\CurrentControlSet\Services\W32Time\Parameters', 'Type', 'NtpServer'),
    @('SYSTEM\CurrentControlSet\Services\W32Time\Config', '*'),
    @('SYSTEM\CurrentControlSet\Services\W32Time\TimeProviders', '**'),
    @('SYSTEM\CurrentControlSet\Services\W32Time', 'Start'),
    @('SOFTWARE\Policies\Microsoft\W32Time', '**'),
    @('SOFTWARE\Policies\Microsoft'),
    @('SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo', '**'),
    @('SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslSniBindingInfo', '**'),
    @('SYSTEM\CurrentControlSet\Services\HTTP\Parameters'),
    @('SOFTWARE\Microsoft\SystemCertificates\MY\Certificates', '**'), # public: keys are kept elsewhere
    @('SYSTEM\CurrentControlSet\Services\Netlogon', 'Start'),
    @('SYSTEM\CurrentControlSet\Services\VMTools', 'Start'),
    @('SYSTEM\CurrentControlSet\Services\vmictimesync', 'Start'),
    @('HARDWARE\DESCRIPTION\System\BIOS', 'SystemManufacturer', 'SystemProductName'),
    @('SOFTWARE\Microsoft\Virtual Machine\Guest\Parameters', 'HostingSystemEditionId', 'HostingSystemOsMajor', 'HostingSystemOsMinor'),
    @('SOFTWARE\Microsoft\ExchangeServer\v14\Setup', '*'),
    @('SOFTWARE\Microsoft\ExchangeServer\v15\Setup', '*'),
    @('SOFTWARE\Microsoft\Windows NT\CurrentVersion', 'ProductName', 'CurrentBuild', 'CurrentBuildNumber', 'InstallDate', 'SystemRoot', 'UBR')
)
# Of each Windows that an upgrade in place has left behind, below SYSTEM\Setup.
$WantedOfUpgrades = @('ProductName', 'CurrentBuild', 'CurrentBuildNumber', 'InstallDate')

function Format-Value([Microsoft.Win32.RegistryKey] $Key, [string] $Name) {
    $value = $Key.GetValue($Name, $null, 'DoNotExpandEnvironmentNames')
    $kind = $Key.GetValueKind($Name)
    $left = '@='
    if ($Name) {
        $left = '"' + $Name.Replace('\', '\\').Replace('"', '\"') + '"='
    }
    if ("$kind" -eq 'DWord') {
        return $left + ('dword:{0:x8}' -f $value)
    }
    $type = 3
    $data = @()
    switch ("$kind") {
        'String' { $type = 1; $data = [System.Text.Encoding]::Unicode.GetBytes("$value`0") }
        'ExpandString' { $type = 2; $data = [System.Text.Encoding]::Unicode.GetBytes("$value`0") }
        'MultiString' { $type = 7; $data = [System.Text.Encoding]::Unicode.GetBytes(($value -join "`0") + "`0`0") }
        'QWord' { $type = 11; $data = [System.BitConverter]::GetBytes([long] $value) }
        'Binary' { $data = $value }
        default { return '' }
    }
    if ($type -eq 1 -and "$value" -notmatch '[\x00-\x1f]') {
        return $left + '"' + "$value".Replace('\', '\\').Replace('"', '\"') + '"'
    }
    return $left + ('hex({0:x}):' -f $type) + (($data | ForEach-Object { '{0:x2}' -f $_ }) -join ',')
}

function Add-Key($Lines, [string] $Path, $Names) {
    $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Path)
    if (-not $key) {
        return
    }
    $all = $Names -contains '*' -or $Names -contains '**'
    [void] $Lines.Add('')
    [void] $Lines.Add("[HKEY_LOCAL_MACHINE\$Path]")
    foreach ($name in $key.GetValueNames()) {
        if ($all -or $Names -contains $name) {
            [void] $Lines.Add((Format-Value $key $name))
        }
    }
    if ($Names -contains '**') {
        foreach ($below in $key.GetSubKeyNames()) {
            Add-Key $Lines "$Path\$below" $Names
        }
    }
    $key.Close()
}

function Get-RegistryText([string] $Path, [string] $Name) {
    try {
        return [string] [Microsoft.Win32.Registry]::GetValue("HKEY_LOCAL_MACHINE\$Path", $Name, '')
    }
    catch {
        Add-Missing "HKLM\$Path" (Get-Reason $_)
        return ''
    }
}

function Get-Upgrades {
    $setup = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SYSTEM\Setup')
    $names = @($setup.GetSubKeyNames() | Where-Object { $_ -like 'Source OS*' })
    $setup.Close()
    return $names
}

function Save-Registry {
    $rows = $Wanted
    try {
        foreach ($upgrade in @(Get-Upgrades)) {
            $rows += , (@("SYSTEM\Setup\$upgrade") + $WantedOfUpgrades)
        }
        $rows += , @('SYSTEM\Setup')
    }
    catch {
        Add-Missing 'HKLM\SYSTEM\Setup' (Get-Reason $_)
    }
    $lines = New-Object System.Collections.ArrayList
    [void] $lines.Add('Windows Registry Editor Version 5.00')
    $closed = @()
    foreach ($row in $rows) {
        $path = $row[0]
        if (@($closed | Where-Object { $_ -like "$path\*" }).Count -gt 0) {
            continue
        }
        $own = New-Object System.Collections.ArrayList
        try {
            Add-Key $own $path @($row | Select-Object -Skip 1)
            $lines.AddRange($own)
        }
        catch {
            $closed += $path
            Add-Missing "HKLM\$path" (Get-Reason $_)
        }
    }
    Write-Target 'registry.reg' (($lines -join "`r`n") + "`r`n`r`n") ([System.Text.Encoding]::Unicode)
    Add-Collected 'registry.reg' 'the registry: names, time service, setup of Exchange and Windows, loopback check, certificates'
}

# ---- configurations of IIS ----

# In place of each, the copy has "removed": attributes by their names; whatever stands beside a name
# as its value, but for the few that tell whose a web.config is; parts of connection strings and
# addresses; texts of elements; encrypted data.
$Secrets = @(
    @('(\b\w*(?:password|validationKey|decryptionKey|(?:state|sql)?connectionString|sessionKey|secret|apiKey|accessKey)\s*=\s*)("[^"]+"|''[^'']+'')', '$1"removed"'),
    @('(<(?=[^<]*?\s(?:key|name)\s*=)(?![^<]*?\s(?:key|name)\s*=\s*["''](?:HttpProxy\.ProtocolType|IsEwsAppPool|X-FEServer|X-BEServer|X-DiagInfo)["''])[^<]*?\svalue\s*=\s*)("[^"]+"|''[^'']+'')', '$1"removed"'),
    @('(\b(?:password|pwd|secret|token|sig|code|(?:account|access|api|shared)\w*key)\s*=\s*)[^\s;&"''<>]+', '$1removed'),
    @('(<(?:\w+:)?value(?:\s[^<>]*)?>)\s*[^\s<][^<]*', '$1removed'),
    @('(<(?:\w+:)?\w*(?:password|pwd|secret|token|credential|apikey|accesskey|CipherValue)\b[^<>]*>)\s*[^\s<][^<]*(?=</)', '$1removed')
)

function Hide-Secret([string] $Text) {
    foreach ($secret in $Secrets) {
        $Text = [System.Text.RegularExpressions.Regex]::Replace($Text, $secret[0], $secret[1], $AnyCase)
    }
    return $Text
}

# A copy without secrets, and otherwise byte by byte as it is; gives its text.
function Save-Config([string] $Path, [string] $Name, [string] $From) {
    $raw = Read-Shared $Path 32
    $encoding = $Bytes
    $text = $raw
    if ($raw.StartsWith([string] [char] 0xff + [char] 0xfe, [StringComparison]::Ordinal)) {
        $encoding = [System.Text.Encoding]::Unicode
        $text = $encoding.GetString($Bytes.GetBytes($raw.Substring(2)))
    }
    elseif ($raw.StartsWith([string] [char] 0xfe + [char] 0xff, [StringComparison]::Ordinal)) {
        $encoding = [System.Text.Encoding]::BigEndianUnicode
        $text = $encoding.GetString($Bytes.GetBytes($raw.Substring(2)))
    }
    elseif ($raw.IndexOf([char] 0) -ge 0) {
        throw "$Path holds zero bytes: it is not copied, for secrets in it would not be seen"
    }
    $text = Hide-Secret $text
    Write-Target $Name $text $encoding
    Add-Collected $Name "$Path, $From"
    if ($encoding -eq $Bytes) {
        $text = [System.Text.Encoding]::UTF8.GetString($Bytes.GetBytes($text)).TrimStart([char] 0xfeff)
    }
    return $text
}

# A document of IIS: nothing that it names elsewhere is opened.
function Read-Xml([string] $Text) {
    $settings = New-Object System.Xml.XmlReaderSettings
    $settings.ProhibitDtd = $true
    $settings.XmlResolver = $null
    $document = New-Object System.Xml.XmlDocument
    $document.XmlResolver = $null
    $document.Load([System.Xml.XmlReader]::Create((New-Object System.IO.StringReader $Text), $settings))
    return $document
}

$Images = New-Object System.Collections.ArrayList # DLLs that configurations name, as they name them
$Directories = New-Object System.Collections.ArrayList # folders of EWS and PowerShell
$Roots = New-Object System.Collections.ArrayList # of the sites that have those: folder, id
$LogFolders = New-Object System.Collections.ArrayList # of the same sites

function Find-Images([string] $Text, [string] $Attribute) {
    foreach ($match in [System.Text.RegularExpressions.Regex]::Matches($Text, '\b' + $Attribute + '\s*=\s*["'']([^"''<>]+\.dll)["'']', $AnyCase)) {
        $image = $match.Groups[1].Value.Replace('&amp;', '&')
        if (-not ($Images -contains $image)) {
            [void] $Images.Add($image)
        }
    }
}

function Find-Directory([string] $Path) {
    if (-not $Path) {
        return
    }
    $real = [Environment]::ExpandEnvironmentVariables($Path).TrimEnd('\')
    if (-not ($Directories -contains $real)) {
        [void] $Directories.Add($real)
    }
}

function Find-Site($Site, [string] $UsualLogs) {
    $isWanted = $false
    foreach ($application in $Site.SelectNodes('application')) {
        if ($application.GetAttribute('path') -notmatch '^/(ews|powershell)/?$') {
            continue
        }
        $isWanted = $true
        foreach ($directory in $application.SelectNodes('virtualDirectory')) {
            Find-Directory $directory.GetAttribute('physicalPath')
        }
    }
    if ($isWanted) {
        foreach ($root in $Site.SelectNodes('application[@path="/"]/virtualDirectory[@path="/"]')) {
            $path = [Environment]::ExpandEnvironmentVariables($root.GetAttribute('physicalPath')).TrimEnd('\')
            [void] $Roots.Add(@($path, $Site.GetAttribute('id')))
        }
        $logs = $UsualLogs
        foreach ($own in $Site.SelectNodes('logFile')) {
            if ($own.GetAttribute('directory')) {
                $logs = $own.GetAttribute('directory')
            }
        }
        $logs = [Environment]::ExpandEnvironmentVariables($logs)
        [void] $LogFolders.Add((Join-Text $logs ('W3SVC' + $Site.GetAttribute('id'))))
    }
}

function Find-Sites([string] $Text) {
    $document = Read-Xml $Text
    $usual = '%SystemDrive%\inetpub\logs\LogFiles'
    foreach ($own in $document.SelectNodes('/configuration/system.applicationHost/sites/siteDefaults/logFile')) {
        if ($own.GetAttribute('directory')) {
            $usual = $own.GetAttribute('directory')
        }
    }
    foreach ($site in $document.SelectNodes('/configuration/system.applicationHost/sites/site')) {
        Find-Site $site $usual
    }
}

function Save-HostConfig {
    $redirection = Join-Path $System32 'inetsrv\config\redirection.config'
    if (Test-Path -LiteralPath $redirection) {
        if ((Read-Shared $redirection 1) -match 'configurationRedirection[^>]*enabled\s*=\s*"true"') {
            Add-Missing 'shared configuration' "IIS takes its applicationHost.config from elsewhere: $redirection names the folder. Copy it from there."
        }
    }
    $text = Save-Config (Join-Path $System32 'inetsrv\config\applicationHost.config') 'applicationHost.config' 'without secrets'
    Find-Images $text 'image'
    Find-Sites $text
}

# Where a configuration that is closed or damaged does not tell: as setup has them.
function Find-UsualSites {
    [void] $Roots.Add(@((Join-Text $env:SystemDrive 'inetpub\wwwroot'), 1))
    foreach ($id in 1, 2) {
        [void] $LogFolders.Add((Join-Text $env:SystemDrive "inetpub\logs\LogFiles\W3SVC$id"))
    }
}

# What IIS Manager says of a whole site is in the web.config of the site's own folder, which mostly has
# none. The copy's name says which site it holds for, by its number: exdiag knows it by that.
function Save-SiteConfigs {
    foreach ($root in $Roots) {
        $path = Join-Text $root[0] 'web.config'
        try {
            [void] (Save-Config $path "web-of-site-$($root[1]).config" 'of the whole site, without secrets')
        }
        catch {
            if (-not (Test-Absent $_)) {
                Add-Missing $path (Get-Reason $_)
            }
        }
    }
}

function Save-WebConfigs {
    $usual = @('FrontEnd\HttpProxy\EWS', 'FrontEnd\HttpProxy\PowerShell', 'ClientAccess\exchweb\EWS', 'ClientAccess\PowerShell-Proxy')
    if ($IsOld) {
        $usual = @('ClientAccess\exchweb\EWS', 'ClientAccess\PowerShell')
    }
    $isKnown = $Directories.Count -gt 0 # from applicationHost.config
    foreach ($below in $usual) {
        if ($Exchange -and -not $isKnown -and [System.IO.Directory]::Exists((Join-Text $Exchange $below))) {
            Find-Directory (Join-Text $Exchange $below)
        }
    }
    if ($Directories.Count -eq 0) {
        Add-Missing 'web.config' 'no virtual directory of EWS or PowerShell was found'
    }
    $count = 0
    foreach ($directory in $Directories) {
        $path = "$directory\web.config"
        try {
            $count++
            $name = "web$count-" + (($directory.Split('\') | Select-Object -Last 3) -join '-') + '.config'
            Find-Images (Save-Config $path $name 'without secrets') 'Filename'
        }
        catch {
            Add-Missing $path (Get-Reason $_)
        }
    }
}

# ---- files: whether they are there ----

function Get-FileRow([string] $Path) {
    $exists = ''
    $length = ''
    $version = ''
    $real = [Environment]::ExpandEnvironmentVariables($Path)
    try {
        if (-not $real.Contains('%') -and -not $real.StartsWith('\\', [StringComparison]::Ordinal)) {
            [void] [System.IO.File]::GetAttributes($real)
            $exists = 'True'
            $length = (New-Object System.IO.FileInfo $real).Length
            $info = [System.Diagnostics.FileVersionInfo]::GetVersionInfo($real)
            if ($info.FileVersion) {
                $version = '{0}.{1}.{2}.{3}' -f $info.FileMajorPart, $info.FileMinorPart, $info.FileBuildPart, $info.FilePrivatePart
            }
        }
    }
    catch {
        if (Test-Absent $_) {
            $exists = 'False'
        }
    }
    return New-Object PSObject -Property @{ Path = $Path; Exists = $exists; Length = $length; Version = $version }
}

function Save-Files {
    $paths = @('%windir%\System32\wsmsvc.dll', '%windir%\System32\pwrshplugin.dll')
    foreach ($install in $Exchange, (Get-RegistryText 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment' 'ExchangeInstallPath')) {
        if ($install) {
            foreach ($below in 'Bin\kerbauth.dll', 'Bin\ExSetup.exe', 'Bin\Microsoft.Exchange.AuthorizationPlugin.dll') {
                $paths += Join-Text $install $below
            }
        }
    }
    $rows = $paths + $Images.ToArray() | Select-Object -Unique | ForEach-Object { Get-FileRow $_ }
    $lines = $rows | Select-Object -Property 'Path', 'Exists', 'Length', 'Version' | ConvertTo-Csv -NoTypeInformation
    Write-Target 'files.csv' (($lines -join "`r`n") + "`r`n") $Utf8
    Add-Collected 'files.csv' 'which of the DLLs that configurations name are there'
}

function Save-Build {
    if (-not $Exchange) {
        throw 'no Exchange Server is installed here'
    }
    $setup = Join-Text $Exchange 'Bin\ExSetup.exe'
    $info = [System.Diagnostics.FileVersionInfo]::GetVersionInfo($setup)
    $text = "ProductVersion : {0}`r`nFileVersion    : {1}`r`nFileName       : {2}`r`n" -f $info.ProductVersion, $info.FileVersion, $setup
    Write-Target 'setup.txt' $text $Utf8
    Add-Collected 'setup.txt' 'the build, by the version of ExSetup.exe'
}

# ---- features of Windows ----

function Save-Features {
    try {
        Import-Module ServerManager
        $lines = Get-WindowsFeature | Select-Object -Property 'Name', 'DisplayName', 'Installed', 'InstallState' | ConvertTo-Csv -NoTypeInformation
        Write-Target 'features.csv' (($lines -join "`r`n") + "`r`n") $Utf8
        Add-Collected 'features.csv' 'Get-WindowsFeature'
    }
    catch {
        $why = Get-Reason $_
        $text = Read-Program (Join-Path $System32 'dism.exe') '/online /english /get-features /format:table' 300
        if ($ExitStatus) {
            throw "Get-WindowsFeature: $why; dism ended with $ExitStatus"
        }
        Write-Target 'features.txt' $text $Bytes
        Add-Collected 'features.txt' 'dism /online /get-features'
    }
}

# ---- time ----

function Save-Time {
    $text = ''
    foreach ($question in '/query /status /verbose', '/query /configuration', '/query /source', '/query /peers') {
        $text += (Read-Program (Join-Path $System32 'w32tm.exe') $question 60) + "`r`n"
    }
    Write-Target 'w32tm.txt' $text $Bytes
    Add-Collected 'w32tm.txt' 'w32tm /query'
}

function Save-TimeOfGuest {
    $tools = Join-Path $env:ProgramFiles 'VMware\VMware Tools\VMwareToolboxCmd.exe'
    if (Test-Path -LiteralPath $tools) {
        $text = Read-Program $tools 'timesync status' 30
        Write-Target 'timesync.txt' ($text + "timesync status $ExitStatus`r`n") $Bytes
        Add-Collected 'timesync.txt' 'VMwareToolboxCmd timesync status'
    }
}

# ---- service principal names ----

function Save-Names([string] $Name, [string] $Arguments) {
    $text = Read-Program (Join-Path $System32 'setspn.exe') $Arguments 120
    if ($text -notmatch '(CN|DC)=') {
        throw ("setspn $Arguments gave no names: " + $text + $Errors)
    }
    Write-Target $Name $text $Bytes
    Add-Collected $Name "setspn $Arguments"
}

# ---- events ----

# Of a log, the events of these providers with these numbers: from so many days back, or fewer
# where that is too much.
function Save-Events([string] $Log, $Providers, $Ids, $DaysBack) {
    $name = $Log.ToLowerInvariant() + '.evtx'
    $whose = ($Providers | ForEach-Object { "@Name='$_'" }) -join ' or '
    $which = ($Ids | ForEach-Object { "EventID=$_" }) -join ' or '
    foreach ($back in $DaysBack) {
        $when = "TimeCreated[timediff(@SystemTime) <= $($back * 86400000)]"
        $query = "*[System[Provider[$whose] and ($which) and $when]]"
        [void] (Read-Program (Join-Path $System32 'wevtutil.exe') ('epl {0} "{1}" "/q:{2}" /ow:true' -f $Log, (Get-Target $name), $query) 300)
        if ($ExitStatus) {
            throw "wevtutil ended with $ExitStatus $Errors"
        }
        if ((Get-TargetSize $name) -le $Megabytes * $Megabyte) {
            Add-Collected $name "events of the last $back days in the log $Log"
            return
        }
    }
    Remove-Target $name
    throw "the last $back days alone have more than $Megabytes MB"
}

# ---- logs ----

function Get-Newest([string] $Path, [string] $Filter) {
    if (-not [System.IO.Directory]::Exists($Path)) {
        throw "there is no folder $Path, or it is closed"
    }
    $since = $Began.AddDays(-$Days)
    # Of a file that is being written to, a folder tells what was true when it was opened.
    $all = @(Get-ChildItem -LiteralPath $Path -Filter $Filter | Where-Object { -not $_.PSIsContainer } | ForEach-Object { $_.Refresh(); $_ })
    $all = @($all | Where-Object { $_.Length -gt 0 -and $_.LastWriteTimeUtc -ge $since })
    if ($all.Count -eq 0) {
        throw "no file in $Path was written to in the last $Days days"
    }
    return $all | Sort-Object -Property LastWriteTimeUtc -Descending
}

# What requests carry beside their path may open a mailbox or a shell to whoever has it: tokens of
# access in queries, cookies. exdiag reads none of it.
$Carries = 'query|cookie|referer'

# Of Exchange's logs: columns by their names, and addresses within others.
function Hide-Carried([string] $Text) {
    $field = '(?>"(?:[^"\r\n]|"")*"(?=[,\r\n])|[^,\r\n]*)'
    $names = @()
    if ($Text -match '(?m)^(?:#Fields: )?(DateTime,[^\r\n]*)') {
        $names = @($matches[1].Split(','))
    }
    for ($i = 0; $i -lt $names.Length; $i++) {
        if ($names[$i] -match $Carries) {
            $Text = [System.Text.RegularExpressions.Regex]::Replace($Text, "(?m)^(?!#|DateTime,)((?:$field,){$i})$field", '$1')
        }
    }
    return [System.Text.RegularExpressions.Regex]::Replace($Text, '([?&][^=?&,;"\s]{1,100}=)[^&,;"\s]+', '$1removed')
}

# Whole, without what requests carry. Gives how many bytes it has.
function Save-Log($File, [string] $Name) {
    Write-Target $Name (Hide-Carried (Read-Shared $File.FullName $Megabytes)) $Bytes
    Add-Collected $Name $File.FullName
    return Get-TargetSize $Name
}

# The newest files, up to so many megabytes.
function Save-Logs([string] $Path, [string] $Prefix) {
    $left = $Megabytes * $Megabyte
    foreach ($file in @(Get-Newest $Path '*.log')) {
        if ($file.Length -gt $left) {
            Add-Missing $file.FullName "with it there were more than $Megabytes MB of them; -Megabytes takes more"
            continue
        }
        try {
            $left -= Save-Log $file ($Prefix + '-' + $file.Name)
        }
        catch {
            Add-Missing $file.FullName (Get-Reason $_)
        }
    }
}

function Hide-Columns([string] $Line, $Names) {
    $columns = $Line.Split(' ')
    for ($i = 0; $i -lt $columns.Length; $i++) {
        if ($i -ge $Names.Length -or $Names[$i] -match $Carries) {
            $columns[$i] = '-'
        }
    }
    return $columns -join ' '
}

# Of an IIS log its head lines and the requests to EWS and PowerShell, and to their neighbours that
# show whether the site is alive, "-" in place of what they carry. Gives how many requests that were.
function Copy-Requests([string] $Path, [string] $Name) {
    $pattern = New-Object System.Text.RegularExpressions.Regex '^#| /(?:ews|powershell|powershell-liveid)[/ ]| /[a-z-]+/healthcheck\.htm', $AnyCase
    $count = 0
    $size = 0
    $names = $null # of the columns: without, nothing tells what a line carries
    $reader = New-Object System.IO.StreamReader (Open-Shared $Path), $Bytes, $false
    $writer = New-Object System.IO.StreamWriter (Get-Target $Name), $false, $Bytes
    try {
        while (($line = $reader.ReadLine()) -ne $null -and $size -le $Megabytes * $Megabyte) {
            if (-not $pattern.IsMatch($line)) {
                continue
            }
            if ($line.StartsWith('#Fields: ', [StringComparison]::Ordinal)) {
                $names = $line.Substring(9).Split(' ')
            }
            if ($line[0] -ne '#') {
                if (-not $names) {
                    continue
                }
                $line = Hide-Columns $line $names
                $count++
            }
            $writer.Write($line + "`r`n")
            $size += $line.Length + 2
        }
    }
    finally {
        $reader.Close()
        $writer.Close()
    }
    if ($line -ne $null) {
        Add-Missing $Path "the copy ends at $Megabytes MB; -Megabytes takes more"
    }
    return $count
}

# Gives how many bytes were kept.
function Save-RequestsOf($File, [string] $Name) {
    if ((Copy-Requests $File.FullName $Name) -eq 0) {
        Remove-Target $Name
        Add-Missing $File.FullName 'no request to EWS or PowerShell is in it'
        return 0
    }
    Add-Collected $Name "of $($File.FullName): requests to EWS and PowerShell"
    return Get-TargetSize $Name
}

function Save-Requests([string] $Path) {
    $left = 1024 * $Megabyte # to be read: some seconds for a hundred megabytes
    $kept = $Megabytes * $Megabyte
    foreach ($file in @(Get-Newest $Path '*.log')) {
        $name = 'iis-' + (Split-Path -Leaf $Path) + '-' + $file.Name
        if ($file.Length -gt $left -or $kept -le 0) {
            Add-Missing $file.FullName 'too much to go through; copy it by hand'
            continue
        }
        $left -= $file.Length
        try {
            $kept -= Save-RequestsOf $file $name
        }
        catch {
            Add-Missing $file.FullName (Get-Reason $_)
        }
    }
}

# ---- one after the other ----

$Identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
$Administrators = [System.Security.Principal.WindowsBuiltInRole]::Administrator
$IsElevated = (New-Object System.Security.Principal.WindowsPrincipal $Identity).IsInRole($Administrators)
if (-not $IsElevated) {
    Write-Host 'Not started as administrator: what is closed without is told, and left out.'
}

$Exchange = Get-RegistryText 'SOFTWARE\Microsoft\ExchangeServer\v15\Setup' 'MsiInstallPath'
$IsOld = $false # Exchange 2010
if (-not $Exchange) {
    $Exchange = Get-RegistryText 'SOFTWARE\Microsoft\ExchangeServer\v14\Setup' 'MsiInstallPath'
    $IsOld = [bool] $Exchange
}
$HostName = Get-RegistryText 'SYSTEM\CurrentControlSet\Services\Tcpip\Parameters' 'Hostname'
$Domain = Get-RegistryText 'SYSTEM\CurrentControlSet\Services\Tcpip\Parameters' 'Domain'
$Computer = $HostName
if ($Domain) {
    $Computer = "$HostName.$Domain"
}

Invoke-Step 'registry' { Save-Registry }
Invoke-Step 'applicationHost.config' { Save-HostConfig }
if ($LogFolders.Count -eq 0) {
    Find-UsualSites
}
Invoke-Step 'web.config of sites' { Save-SiteConfigs }
Invoke-Step 'web.config' { Save-WebConfigs }
Invoke-Step 'files' { Save-Files }
Invoke-Step 'build' { Save-Build }
Invoke-Step 'features of Windows' { Save-Features }
Invoke-Step 'time service' { Save-Time }
Invoke-Step 'time of a guest of VMware' { Save-TimeOfGuest }
Invoke-Step 'names of this computer' { Save-Names 'setspn-own.txt' "-L $env:COMPUTERNAME" }
Invoke-Step 'who has SMTPSVC' { Save-Names 'setspn-smtpsvc.txt' "-Q SMTPSVC/$Computer" }
Invoke-Step 'who has HTTP' { Save-Names 'setspn-http.txt' "-Q HTTP/$Computer" }
Invoke-Step 'log Application' {
    Save-Events 'Application' @('MSExchangeTransport', 'MSExchangeFrontEndTransport', 'Microsoft-Windows-IIS-W3SVC-WP') @(1704, 1706, 7002, 7004, 7010, 1035, 2017, 2280, 2282, 2293, 2295, 2297) @(30, 7, 1)
}
Invoke-Step 'log System' {
    Save-Events 'System' @('Microsoft-Windows-WinRM', 'Microsoft-Windows-WAS') @(10113, 5002, 5009, 5011, 5059) @(30, 7, 1)
}
Invoke-Step 'log Setup' {
    # Features that came and went, as far back as the log goes.
    Save-Events 'Setup' @('Microsoft-Windows-Servicing') @(9, 10, 15) @(3650, 30)
}
foreach ($logs in $LogFolders) {
    Invoke-Step "IIS logs in $logs" { Save-Requests $logs }
}
if ($Exchange) {
    $places = @(
        @('Logging\Ews', 'ews'),
        @('Logging\HttpProxy\Ews', 'proxy-ews'),
        @('Logging\HttpProxy\PowerShell', 'proxy-powershell'),
        @('TransportRoles\Logs\FrontEnd\ProtocolLog\SmtpReceive', 'smtp-front'),
        @('TransportRoles\Logs\FrontEnd\ProtocolLog\SmtpSend', 'smtp-front'),
        @('TransportRoles\Logs\Hub\ProtocolLog\SmtpReceive', 'smtp-hub'),
        @('TransportRoles\Logs\Hub\ProtocolLog\SmtpSend', 'smtp-hub')
    )
    if ($IsOld) {
        $places = @(
            @('TransportRoles\Logs\ProtocolLog\SmtpReceive', 'smtp'),
            @('TransportRoles\Logs\ProtocolLog\SmtpSend', 'smtp')
        )
    }
    foreach ($place in $places) {
        $path = Join-Text $Exchange $place[0]
        Invoke-Step "logs in $path" { Save-Logs $path $place[1] }
    }
}

Invoke-Step 'what programs have printed' {
    Remove-Target 'printed.tmp'
    Remove-Target 'errors.tmp'
}

# ---- README.txt: what is there, and what is not ----

$rights = 'no'
if ($IsElevated) {
    $rights = 'yes'
}
$where = $Exchange
if (-not $where) {
    $where = 'not installed'
}
$text = @(
    'exdiag-collection 1',
    '',
    "computer          $Computer",
    ('collected         ' + $Began.ToString('yyyy-MM-dd HH:mm:ss', $Invariant) + ' UTC'),
    "by                $($Identity.Name)",
    "as administrator  $rights",
    "PowerShell        $($PSVersionTable.PSVersion)",
    "Exchange          $where",
    '',
    'What this is',
    '  What exdiag reads of an Exchange server. At your desk:',
    '    exdiag check --file FOLDER',
    '  Nothing on the server was changed but for this folder.',
    '',
    'What of persons and secrets is in it',
    '  Configurations are copies in which passwords, keys, connection strings and all values of',
    '  settings by name are "removed", so far as they are written as IIS and .NET write them. Logs of',
    '  requests have no queries and no cookies; they have names of users and their addresses,',
    '  protocol logs also addresses of senders and recipients. Names of servers and folders are',
    '  everywhere. No content of mail.',
    '  Look through it; take out what must not leave the house. exdiag reads what is left.',
    '',
    'Collected (bytes, file, where from)'
) + $Collected.ToArray() + @('', 'Not collected, and why') + @($Missing | ForEach-Object { "  $_" })
Write-Target 'README.txt' (($text -join "`r`n") + "`r`n") $Utf8
Write-Host "`r`n$($Collected.Count) files are in $Folder; $($Missing.Count) things could not be had, as README.txt there says."
