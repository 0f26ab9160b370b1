#!/usr/bin/env python3
"""
write.py: writes the configurations of IIS in this folder: whole files of servers of every version
of Exchange, healthy ones, and ones with a single fault each, in the format that IIS writes.

Servers, folders and fleets are made up; names of modules, handlers, pools and settings are those
of the products. `write.py --check` compares instead of writing.
"""
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
TOKEN = 'Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35'
ASPNET = r'%windir%\Microsoft.NET\Framework64\{}\aspnet_isapi.dll'

VERSIONS = {  # folder of the installation, framework, build that the owa folder has, server
    '2010': (r'C:\Program Files\Microsoft\Exchange Server\V14', 'v2.0.50727', '14.3.123.4', 'EX10A'),
    '2013': (r'C:\Program Files\Microsoft\Exchange Server\V15', 'v4.0.30319', '15.0.847.32', 'EX13A'),
    '2016': (r'F:\Program Files\Microsoft\Exchange', 'v4.0.30319', '15.1.2507.6', 'EX16A'),
    '2019': (r'C:\Program Files\Microsoft\Exchange Server\V15', 'v4.0.30319', '15.2.1544.4', 'EX19A'),
    'se': (r'D:\Exchange Server\V15', 'v4.0.30319', '15.2.2562.17', 'EX25A'),
}

SECTIONS = [('caching', 'Allow', ''), ('cgi', 'Deny', ''), ('defaultDocument', 'Allow', ''),
            ('fastCgi', 'Deny', 'AppHostOnly'), ('globalModules', 'Deny', 'AppHostOnly'),
            ('handlers', 'Deny', ''), ('httpErrors', 'Allow', ''), ('httpRedirect', 'Allow', ''),
            ('isapiFilters', 'Deny', 'MachineToApplication'),
            ('modules', 'Deny', 'MachineToApplication'), ('serverRuntime', 'Deny', ''),
            ('system.management.wsmanagement.config', 'Allow', '')]
AUTHENTICATION = ['anonymousAuthentication', 'basicAuthentication',
                  'clientCertificateMappingAuthentication', 'digestAuthentication',
                  'iisClientCertificateMappingAuthentication', 'windowsAuthentication']

NATIVE = [('HttpLoggingModule', 'loghttp'), ('UriCacheModule', 'cachuri'),
          ('FileCacheModule', 'cachfile'), ('TokenCacheModule', 'cachtokn'),
          ('HttpCacheModule', 'cachhttp'), ('DynamicCompressionModule', 'compdyn'),
          ('StaticCompressionModule', 'compstat'), ('DefaultDocumentModule', 'defdoc'),
          ('DirectoryListingModule', 'dirlist'), ('ProtocolSupportModule', 'protsup'),
          ('HttpRedirectionModule', 'redirect'), ('StaticFileModule', 'static'),
          ('AnonymousAuthenticationModule', 'authanon'),
          ('CertificateMappingAuthenticationModule', 'authcert'),
          ('BasicAuthenticationModule', 'authbas'), ('WindowsAuthenticationModule', 'authsspi'),
          ('DigestAuthenticationModule', 'authmd5'), ('RequestFilteringModule', 'modrqflt'),
          ('CustomErrorModule', 'custerr'), ('TracingModule', 'iisetw'),
          ('FailedRequestsTracingModule', 'iisfreb'), ('RequestMonitorModule', 'iisreqs'),
          ('IsapiModule', 'isapi'), ('IsapiFilterModule', 'filter'),
          ('ConfigurationValidationModule', 'validcfg')]
NOT_IN_MODULES = ('UriCacheModule', 'FileCacheModule', 'TokenCacheModule', 'TracingModule',
                  'RequestMonitorModule', 'ConfigurationValidationModule')
MANAGED = [('OutputCache', 'System.Web.Caching.OutputCacheModule'),
           ('Session', 'System.Web.SessionState.SessionStateModule'),
           ('WindowsAuthentication', 'System.Web.Security.WindowsAuthenticationModule'),
           ('FormsAuthentication', 'System.Web.Security.FormsAuthenticationModule'),
           ('DefaultAuthentication', 'System.Web.Security.DefaultAuthenticationModule'),
           ('RoleManager', 'System.Web.Security.RoleManagerModule'),
           ('UrlAuthorization', 'System.Web.Security.UrlAuthorizationModule'),
           ('FileAuthorization', 'System.Web.Security.FileAuthorizationModule'),
           ('AnonymousIdentification', 'System.Web.Security.AnonymousIdentificationModule'),
           ('Profile', 'System.Web.Profile.ProfileModule'),
           ('UrlMappingsModule', 'System.Web.UrlMappingsModule')]


def xml(text):
    return text.replace('&', '&amp;').replace('"', '&quot;').replace('<', '&lt;')


def element(name, /, *children, **attributes):
    """An element with its children below it; `_` at the end of a name of Python's goes."""
    shown = ''.join(f' {key.rstrip("_")}="{xml(value)}"' for key, value in attributes.items()
                    if value is not None)
    if not children:
        return f'<{name}{shown} />'
    inner = '\n'.join(children).replace('\n', '\n    ')
    return f'<{name}{shown}>\n    {inner}\n</{name}>'


def add(**attributes):
    return element('add', **attributes)


def declarations():
    plain = [element('section', name=name, overrideModeDefault=mode,
                     allowDefinition=definition or None) for name, mode, definition in SECTIONS]
    security = element('sectionGroup',
                       element('section', name='access', overrideModeDefault='Deny'),
                       element('sectionGroup',
                               *[element('section', name=name, overrideModeDefault='Deny')
                                 for name in AUTHENTICATION], name='authentication'),
                       element('section', name='isapiCgiRestriction', allowDefinition='AppHostOnly',
                               overrideModeDefault='Deny'), name='security')
    host = element('sectionGroup',
                   *[element('section', name=name, allowDefinition='AppHostOnly',
                             overrideModeDefault='Deny')
                     for name in ('applicationPools', 'customMetadata', 'sites')],
                   name='system.applicationHost')
    return element('configSections', host,
                   element('sectionGroup', *plain, security, name='system.webServer'))


def protected():
    return element('configProtectedData', element(
        'providers',
        add(name='IISWASOnlyRsaProvider', type='', keyContainerName='iisWasKey', useOAEP='false'),
        add(name='AesProvider', type='Microsoft.ApplicationHost.AesProtectedConfigurationProvider',
            keyContainerName='iisConfigurationKey', sessionKey='bm8ga2V5IG9mIGFueWJvZHkncw==')))


def pool(name, framework, **more):
    process = element('processModel', identityType=more.pop('identity', 'LocalSystem'),
                      userName=more.pop('user', None), password=more.pop('password', None),
                      idleTimeout='00:00:00', pingingEnabled='false')
    return element('add', process, element('failure', rapidFailProtection='false'), name=name,
                   managedRuntimeVersion=framework[:4], managedPipelineMode='Integrated', **more)


def application(path, name, folder):
    return element('application', element('virtualDirectory', path='/', physicalPath=folder),
                   path=path, applicationPool=name)


def binding(protocol, information):
    return element('binding', protocol=protocol, bindingInformation=information)


def protected_by(checking):
    return [element('extendedProtection', tokenChecking=checking, flags='None')] if checking else []


class Server:
    """One server's applicationHost.config; faults change its parts before it is written."""

    def __init__(self, version):
        self.version = version
        self.root, self.framework, self.build, self.name = VERSIONS[version]
        self.is_old = version == '2010'
        self.set_lists()
        self.set_places()

    def set_lists(self):
        inetsrv = r'%windir%\System32\inetsrv'
        self.native = [add(name=name, image=rf'{inetsrv}\{dll}.dll') for name, dll in NATIVE]
        self.native += [add(name='kerbauth', image=rf'{self.root}\Bin\kerbauth.dll',
                            preCondition='bitness64' if self.version == '2013' else None),
                        add(name='WSMan', image=r'C:\Windows\system32\wsmsvc.dll'),
                        add(name='exppw', image=rf'{self.root}\ClientAccess\Owa\auth\exppw.dll')]
        if not self.is_old:
            self.native.append(add(name='cafe_exppw',
                                   image=rf'{self.root}\FrontEnd\HttpProxy\bin\exppw.dll'))
        self.modules = [add(name=name, lockItem='false') for name, _ in NATIVE
                        if name not in NOT_IN_MODULES]
        self.modules += [add(name=name, type=kind, preCondition='managedHandler', lockItem='false')
                         for name, kind in MANAGED]
        self.handlers = self.set_handlers()
        self.fast_cgi = []
        self.restrictions = [
            add(path=ASPNET.format(self.framework).replace('%windir%', r'C:\Windows'),
                allowed='true', groupId=f'ASP.NET {self.framework}'),
            add(path=rf'{self.root}\ClientAccess\owa\auth\owaauth.dll', allowed='true',
                groupId='MSExchangeClientAccess')]

    def set_handlers(self):
        isapi, own = ASPNET.format(self.framework), self.framework[1:4]
        handlers = [add(name='ISAPI-dll', path='*.dll', verb='*', modules='IsapiModule',
                        resourceType='File', requireAccess='Execute', allowPathInfo='true')]
        for name, path, verb, kind in (
                ('AXD', '*.axd', 'GET,HEAD,POST,DEBUG', 'System.Web.Handlers.AssemblyResourceLoader'),
                ('PageHandlerFactory', '*.aspx', 'GET,HEAD,POST,DEBUG',
                 'System.Web.UI.PageHandlerFactory'),
                ('SimpleHandlerFactory', '*.ashx', 'GET,HEAD,POST,DEBUG',
                 'System.Web.UI.SimpleHandlerFactory'),
                ('WebServiceHandlerFactory', '*.asmx', 'GET,HEAD,POST,DEBUG',
                 'System.Web.Script.Services.ScriptHandlerFactory, System.Web.Extensions, '
                 'Version=4.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35')):
            handlers += [
                add(name=f'{name}-ISAPI-{own}_64bit', path=path, verb=verb, modules='IsapiModule',
                    scriptProcessor=isapi,
                    preCondition=f'classicMode,runtimeVersion{self.framework[:4]},bitness64'),
                add(name=f'{name}-Integrated-{own}', path=path, verb=verb, type=kind,
                    preCondition=f'integratedMode,runtimeVersion{self.framework[:4]}')]
        return handlers + [
            add(name='TRACEVerbHandler', path='*', verb='TRACE', modules='ProtocolSupportModule',
                requireAccess='None'),
            add(name='OPTIONSVerbHandler', path='*', verb='OPTIONS',
                modules='ProtocolSupportModule', requireAccess='None'),
            add(name='StaticFile', path='*', verb='*',
                modules='StaticFileModule,DefaultDocumentModule,DirectoryListingModule',
                resourceType='Either', requireAccess='Read')]

    def set_places(self):
        proxy = rf'{self.root}\ClientAccess' if self.is_old else rf'{self.root}\FrontEnd\HttpProxy'
        end = '' if self.is_old else 'FrontEnd'
        self.front = [
            application('/', 'DefaultAppPool', r'%SystemDrive%\inetpub\wwwroot'),
            application('/Autodiscover', f'MSExchangeAutodiscover{end}AppPool',
                        rf'{proxy}\Autodiscover'),
            application('/owa', f'MSExchangeOWA{end}AppPool', rf'{proxy}\owa'),
            application('/EWS', f'MSExchangeServices{end}AppPool',
                        rf'{proxy}\exchweb\EWS' if self.is_old else rf'{proxy}\EWS'),
            application('/PowerShell', f'MSExchangePowerShell{end}AppPool', rf'{proxy}\PowerShell')]
        self.front_bindings = [binding('http', '*:80:'), binding('https', ':443:'),
                               binding('http', '127.0.0.1:80:'), binding('https', '127.0.0.1:443:')]
        self.back = [] if self.is_old else [
            application('/', 'DefaultAppPool', rf'{self.root}\ClientAccess'),
            application('/EWS', 'MSExchangeServicesAppPool',
                        rf'{self.root}\ClientAccess\exchweb\EWS'),
            application('/EWS/bin', 'MSExchangeServicesAppPool',
                        rf'{self.root}\ClientAccess\exchweb\EWS\bin'),
            application('/PowerShell', 'MSExchangePowerShellAppPool',
                        rf'{self.root}\ClientAccess\PowerShell-Proxy')]
        off = dict.fromkeys(AUTHENTICATION, 'false')
        web = {'windowsAuthentication': 'true', 'anonymousAuthentication': 'true',
               'digestAuthentication': 'false', 'basicAuthentication': 'false'}
        both = ('Negotiate', 'NTLM')
        self.locations = {
            'Default Web Site/EWS': (web, both, 'Ssl, SslNegotiateCert, Ssl128'),
            'Default Web Site/PowerShell': (off, ('Negotiate',), 'SslNegotiateCert')}
        if not self.is_old:
            self.locations['Exchange Back End/EWS'] = (web, both, 'Ssl, Ssl128')
            self.locations['Exchange Back End/PowerShell'] = (
                {**off, 'windowsAuthentication': 'true'}, both, 'Ssl, SslNegotiateCert, Ssl128')
        self.extra = {}  # sections that a location has besides, as text
        self.protection = {}  # tokenChecking of Extended Protection, by location
        self.back_bindings = [binding('http', '*:81:'), binding('https', '*:444:')]
        self.odd_pools = {}  # attributes that a pool has besides; None: it is not there

    def pools(self):
        names = ['MSExchangePowerShell', 'MSExchangeServices', 'MSExchangeOWA',
                 'MSExchangeAutodiscover']
        ends = ('',) if self.is_old else ('', 'FrontEnd')
        return element(
            'applicationPools', add(name='DefaultAppPool', managedRuntimeLoader=''),
            *[pool(name, self.framework, **more) for name, more in
              ((name, self.odd_pools.get(name, {})) for name in
               (f'{name}{end}AppPool' for name in names for end in ends)) if more is not None],
            pool('Intranet', self.framework, identity='SpecificUser', user=r'CONTOSO\svc-intranet',
                 password='Very-Secret-1'),
            element('applicationPoolDefaults', element('processModel', loadUserProfile='false')))

    def sites(self):
        sites = [element('site', *self.front, element('bindings', *self.front_bindings),
                         name='Default Web Site', id='1')]
        if self.back:
            sites.append(element('site', *self.back,
                                 element('bindings', *self.back_bindings),
                                 name='Exchange Back End', id='2', serverAutoStart='true'))
        return element('sites', *sites,
                       element('applicationDefaults', applicationPool='DefaultAppPool'))

    def host(self):
        site = 1 if self.is_old else 2
        return element('system.applicationHost', self.pools(), self.sites(),
                       element('customMetadata', *[
                           element('key', path=f'LM/W3SVC/{site}/ROOT/owa/{build}')
                           for build in ('.'.join(self.build.split('.')[:2] + ['100', '1']),
                                         self.build)]))

    @staticmethod
    def authentication(enabled, providers, protection=None):
        parts = []
        for name, value in enabled.items():
            if name == 'windowsAuthentication':
                parts.append(element(name, element('providers', '<clear />',
                                                   *[add(value=value) for value in providers]),
                                     *protected_by(protection), enabled=value))
            else:
                parts.append(element(name, enabled=value))
        return element('authentication', *parts)

    def web_server(self):
        off = {name: 'false' for name in AUTHENTICATION}
        return element(
            'system.webServer',
            element('fastCgi', *self.fast_cgi),
            element('globalModules', *self.native),
            element('httpRedirect', enabled='false'),
            element('security', element('access', sslFlags='None'),
                    self.authentication({**off, 'anonymousAuthentication': 'true'},
                                        ('Negotiate', 'NTLM')),
                    element('isapiCgiRestriction', *self.restrictions,
                            notListedIsapisAllowed='false', notListedCgisAllowed='false')))

    def location(self, path):
        enabled, providers, flags = self.locations.get(path, (None, None, None))
        parts = list(self.extra.get(path, []))
        if enabled:
            parts.append(element('security', self.authentication(enabled, providers,
                                                                 self.protection.get(path)),
                                 element('access', sslFlags=flags)))
        return element('location', element('system.webServer', *parts), path=path)

    def text(self):
        unlocked = element('location', element('system.webServer',
                                               element('handlers', *self.handlers,
                                                       accessPolicy='Read, Script'),
                                               element('modules', *self.modules)),
                           path='', overrideMode='Allow')
        paths = sorted({**self.locations, **self.extra})
        return HEAD + element('configuration', declarations(), protected(), self.host(),
                              self.web_server(), unlocked,
                              *[self.location(path) for path in paths]) + '\n'


# ---- web.config ----

REMOVED = ['CustomErrorModule', 'DefaultAuthentication', 'DirectoryListingModule',
           'DynamicCompressionModule', 'FileAuthorization', 'FormsAuthentication',
           'HttpCacheModule', 'OutputCache', 'Profile', 'RequestFilteringModule', 'RoleManager',
           'Session', 'StaticCompressionModule', 'UrlAuthorization', 'UrlMappingsModule']
HEADERS = {'front': ['X-FEServer'], 'back': ['X-DiagInfo', 'X-BEServer']}


def exchange(name, kind, assembly):
    return add(name=name, type=f'{kind}, {assembly}, {TOKEN}')


FILTER = exchange('HttpRequestFilteringModule',
                  'Microsoft.Exchange.HttpRequestFiltering.HttpRequestFilteringModule',
                  'Microsoft.Exchange.HttpRequestFiltering')
PROXY = add(name='HttpProxy', preCondition='',
            type='Microsoft.Exchange.HttpProxy.ProxyModule,Microsoft.Exchange.FrontEndHttpProxy,'
                 + TOKEN.replace(', ', ','))
HOST = exchange('HostHeaderValidationModule',
                'Microsoft.Exchange.HttpUtilities.HostHeaderValidationModule',
                'Microsoft.Exchange.HttpUtilities')


def linked(server, folder):
    return element('assemblyBinding', element(
        'linkedConfiguration', href=rf'file://{server.root}\{folder}\SharedWebConfig.config'),
        xmlns='urn:schemas-microsoft-com:asm.v1')


def headers(server, end):
    return element('httpProtocol', element('customHeaders', *[
        add(name=name, value=server.name) for name in HEADERS[end]]))


def settings(**keys):
    return element('appSettings', *[add(key=key.replace('_', '.'), value=value)
                                    for key, value in keys.items()])


def front_end(server, protocol, modules):
    return HEAD + element(
        'configuration', settings(HttpProxy_ProtocolType=protocol),
        element('system.webServer',
                element('modules', *[element('remove', name=name) for name in REMOVED], *modules),
                headers(server, 'front')),
        element('system.web', element('machineKey', validationKey='AutoGenerate,IsolateApps')),
        linked(server, r'FrontEnd\HttpProxy')) + '\n'


def ews_front(server, more=()):
    return front_end(server, 'Ews', [
        HOST, FILTER, PROXY,
        add(name='OAuthAuthModule', type='Microsoft.Exchange.Security.OAuth.OAuthHttpModule'),
        *more])


def powershell_front(server, *kerbauth):
    return front_end(server, 'PowerShell', [
        HOST, FILTER,
        add(name='EMCVersionBlockerModule',
            type='Microsoft.Exchange.Configuration.EMCVersionBlocker.EMCVersionBlockerModule, '
                 'Microsoft.Exchange.EMCVersionBlocker, ' + TOKEN),
        *(kerbauth or [add(name='kerbauth')]), PROXY])


def ews_back(server):
    kind = ('Microsoft.Exchange.Services.Wcf.EWSServiceHttpHandlerFactory' if server.is_old else
            'Microsoft.Exchange.Services.DispatchPipe.Ews.EwsServiceHttpHandlerFactory')
    modules = [element('remove', name='ServiceModel'),
               add(name='ServiceModel', preCondition='managedHandler',
                   type='System.ServiceModel.Activation.ServiceHttpModule, '
                        'System.ServiceModel.Activation, ' + TOKEN)]
    if not server.is_old:
        modules += [FILTER, add(
            type='Microsoft.Exchange.Security.Authentication.BackendRehydrationModule',
            name='BackendRehydrationModule')]
    return HEAD + element(
        'configuration',
        settings(IsEwsAppPool='true') if not server.is_old else settings(XmlMaxBytesPerRead='4096'),
        element('connectionStrings', add(name='none', connectionString='Password=Very-Secret-2')),
        element('system.serviceModel', element('services', element(
            'service', name='Microsoft.Exchange.Services.Wcf.EWSService'))),
        element('system.webServer',
                element('handlers', add(name='EWSAsmxHandler', path='*.asmx', verb='GET,POST',
                                        type=kind, preCondition='integratedMode')),
                element('modules', *modules), headers(server, 'back')),
        linked(server, 'ClientAccess')) + '\n'


def powershell_back(server, modules=None):
    plugin = element('Plugin', Name='PowerShellplugin',
                     Filename=r'%windir%\system32\pwrshplugin.dll', SDKVersion='1',
                     XmlRenderingType='text')
    own = [add(name='kerbauth')] if server.is_old else []
    return HEAD + element(
        'configuration',
        element('system.webServer',
                element('system.management.wsmanagement.config', element(
                    'PluginModules', element('OperationsPlugins', plugin))),
                element('modules', element('remove', name='ServiceModel'),
                        *(modules or [*own, add(name='WSMan')])),
                headers(server, 'back'))) + '\n'


FRONT, BACK = 'FrontEnd/HttpProxy', 'ClientAccess'


def whole(server, **files):
    """All files of a server, by the folders that they are in below it."""
    made = {'applicationHost.config': server.text(),
            f'{BACK}/exchweb/EWS/web.config': ews_back(server)}
    if server.is_old:
        made[f'{BACK}/PowerShell/web.config'] = powershell_back(server)
    else:
        made |= {f'{BACK}/PowerShell-Proxy/web.config': powershell_back(server),
                 f'{FRONT}/EWS/web.config': ews_front(server),
                 f'{FRONT}/PowerShell/web.config': powershell_front(server)}
    return made | files


# ---- faults: of each a server that has this one alone ----

def cgi(server):
    server.native.insert(0, add(name='CgiModule', image=r'%windir%\System32\inetsrv\cgi.dll'))
    server.modules.insert(0, add(name='CgiModule', lockItem='false'))
    server.handlers.insert(0, add(name='CGI-exe', path='*.exe', verb='*', modules='CgiModule',
                                  resourceType='File', requireAccess='Execute',
                                  allowPathInfo='true'))


def cgi_of_directory(server):
    server.native.insert(0, add(name='CgiModule', image=r'%windir%\System32\inetsrv\cgi.dll'))
    server.modules.insert(0, add(name='CgiModule', lockItem='false'))
    server.extra['Default Web Site/EWS'] = [element(
        'handlers', add(name='CGI-exe', path='*.exe', verb='*', modules='CgiModule',
                        resourceType='File', requireAccess='Execute'))]


def fast_cgi(server):
    server.native.insert(0, add(name='FastCgiModule',
                                image=r'%windir%\System32\inetsrv\iisfcgi.dll'))
    server.modules.insert(0, add(name='FastCgiModule', lockItem='false'))
    server.fast_cgi = [element('application', fullPath=r'C:\PHP\php-cgi.exe',
                               arguments='-d token=Very-Secret-3')]
    server.extra['Default Web Site'] = [element('handlers', add(
        name='PHP_via_FastCGI', path='*.php', verb='GET,HEAD,POST', modules='FastCgiModule',
        scriptProcessor=r'C:\PHP\php-cgi.exe|-d token=Very-Secret-3', resourceType='Either'))]


def without(server, name):
    server.native = [line for line in server.native if f'name="{name}"' not in line]


def kerbauth_path(server):
    without(server, 'kerbauth')
    server.native.append(add(name='kerbauth',
                             image=r'E:\Exchange Server\V15\Bin\kerbauth.dll'))


def kerbauth_twice(server):
    server.native.append(add(name='kerbauth', image=rf'{server.root}\Bin\kerbauth.dll'))


def kerbauth_of_site(server):
    server.extra['Default Web Site'] = [element('modules', add(name='kerbauth'))]


def require_ssl(server):
    enabled, providers, _ = server.locations['Default Web Site/PowerShell']
    server.locations['Default Web Site/PowerShell'] = (enabled, providers, 'Ssl, SslNegotiateCert')


def host_header(server):
    server.front_bindings[0] = binding('http', '*:80:mail.contoso.com')


def foreign_module(server):
    server.native.append(add(name='UpData', image=r'C:\Windows\System32\system.dll'))
    server.modules.append(add(name='UpData', lockItem='false'))


def old_authentication(server):
    enabled, _, flags = server.locations['Default Web Site/EWS']
    server.locations['Default Web Site/EWS'] = ({**enabled, 'basicAuthentication': 'true'},
                                                ('NTLM',), 'None')


def extended_protection(server):
    server.protection = {'Default Web Site/EWS': 'Require', 'Exchange Back End/EWS': 'Require'}


def ews_missing(server):
    server.front = [line for line in server.front if 'path="/EWS"' not in line]
    del server.locations['Default Web Site/EWS']


def modules_encrypted(server):
    server.extra['Default Web Site/EWS'] = [
        '<modules configProtectionProvider="RsaProtectedConfigurationProvider">'
        '<EncryptedData /></modules>']


# ---- those of PowerShell ----

def kerbauth_image(image):
    def change(server):
        without(server, 'kerbauth')
        server.native.append(add(name='kerbauth', image=image))
    return change


def kerbauth_32_bit(server):
    without(server, 'kerbauth')
    server.native.append(add(name='kerbauth', image=rf'{server.root}\Bin\kerbauth.dll',
                             preCondition='bitness32'))


def kerbauth_of_server(server):
    server.modules.append(add(name='kerbauth'))


def wsman_image(server):
    without(server, 'WSMan')
    server.native.append(add(name='WSMan', image=r'C:\Windows\SysWOW64\wsmsvc.dll'))


def wsman_of_server(server):
    server.modules.append(add(name='WSMan'))


def modules_of_powershell_elsewhere(server):
    server.extra['Default Web Site/PowerShell'] = ['<modules configSource="modules.config" />']


def no_http(server):
    server.front_bindings = [binding('https', ':443:'), binding('http', '127.0.0.1:80:')]


def no_back_end(server):
    server.back_bindings = server.back_bindings[:1]


def instead(lines, path, line):
    return [line if f'path="{path}"' in old else old for old in lines]


def powershell_folder(server):
    server.front = instead(server.front, '/PowerShell', application(
        '/PowerShell', 'MSExchangePowerShellFrontEndAppPool', r'%SystemDrive%\inetpub\PowerShell'))


def powershell_back_folder(server):
    server.back = instead(server.back, '/PowerShell', application(
        '/PowerShell', 'MSExchangePowerShellAppPool', rf'{server.root}\ClientAccess\PowerShell'))


def powershell_pool(server):
    server.front = instead(server.front, '/PowerShell', application(
        '/PowerShell', 'DefaultAppPool', rf'{server.root}\FrontEnd\HttpProxy\PowerShell'))


def odd_pool(name, more):
    def change(server):
        server.odd_pools[name] = more
    return change


def powershell_missing(server):
    server.front = instead(server.front, '/PowerShell', '')
    del server.locations['Default Web Site/PowerShell']


def powershell_bare(server):
    """The directory is there, and nothing is said of it: it has what the server has."""
    del server.locations['Default Web Site/PowerShell']


def powershell_authentication(path, **changes):
    def change(server):
        enabled, providers, flags = server.locations[path]
        server.locations[path] = ({**enabled, **changes}, providers, flags)
    return change


def back_certificate(server):
    enabled, providers, _ = server.locations['Exchange Back End/PowerShell']
    server.locations['Exchange Back End/PowerShell'] = (enabled, providers,
                                                        'Ssl, SslRequireCert, Ssl128')


def exchange_2007(server):
    server.root, server.build = r'C:\Program Files\Microsoft\Exchange Server', '8.3.83.6'
    server.set_lists()
    server.set_places()
    without(server, 'kerbauth')
    without(server, 'WSMan')
    powershell_missing(server)
    server.odd_pools['MSExchangePowerShellAppPool'] = None


def several(server):
    require_ssl(server)
    server.odd_pools['MSExchangePowerShellAppPool'] = {'enable32BitAppOnWin64': 'true'}


def old_folder(server):
    """What most applications say is where Exchange is."""
    server.front = instead(server.front, '/Autodiscover', application(
        '/Autodiscover', 'MSExchangeAutodiscoverFrontEndAppPool',
        r'E:\Exchange Server\V15\FrontEnd\HttpProxy\Autodiscover'))


def redirected(server):
    server.extra['Default Web Site'] = [element('httpRedirect', enabled='true', destination='/owa')]


POWERSHELL_FAULTS = {
    'kerbauth-comma': ('2016', kerbauth_image(
        r'F:\Program,Files\Microsoft\Exchange\Bin\kerbauth.dll')),
    'kerbauth-of-2010': ('2019', kerbauth_image(
        r'C:\Program Files\Microsoft\Exchange Server\V14\Bin\kerbauth.dll')),
    'kerbauth-short': ('2019', kerbauth_image(r'C:\PROGRA~1\MICROS~1\V15\Bin\kerbauth.dll')),
    'kerbauth-32-bit': ('2019', kerbauth_32_bit),
    'kerbauth-of-server': ('2010', kerbauth_of_server),
    'kerbauth-elsewhere': ('2019', modules_of_powershell_elsewhere),
    'wsman-image': ('2019', wsman_image), 'wsman-of-server': ('2016', wsman_of_server),
    'wsman-missing-2010': ('2010', lambda server: without(server, 'WSMan')),
    'powershell-2010-requires-ssl': ('2010', require_ssl),
    'powershell-no-http': ('2013', no_http), 'powershell-no-back-end': ('2019', no_back_end),
    'powershell-folder': ('2019', powershell_folder),
    'powershell-back-folder': ('2016', powershell_back_folder),
    'powershell-pool': ('2016', powershell_pool),
    'powershell-pool-missing': ('2016', odd_pool('MSExchangePowerShellAppPool', None)),
    'powershell-pool-32-bit': ('2019', odd_pool('MSExchangePowerShellFrontEndAppPool',
                                                {'enable32BitAppOnWin64': 'true'})),
    'powershell-pool-stopped': ('2013', odd_pool('MSExchangePowerShellAppPool',
                                                 {'autoStart': 'false'})),
    'powershell-pool-identity': ('2013', odd_pool('MSExchangePowerShellAppPool',
                                                  {'identity': 'NetworkService'})),
    'powershell-missing': ('2016', powershell_missing),
    'powershell-missing-2010': ('2010', powershell_missing), 'powershell-bare': ('2019', powershell_bare),
    'powershell-anonymous': ('2016', powershell_authentication(
        'Default Web Site/PowerShell', anonymousAuthentication='true')),
    'powershell-back-windows-off': ('2013', powershell_authentication(
        'Exchange Back End/PowerShell', windowsAuthentication='false')),
    'powershell-back-certificate': ('2019', back_certificate),
    'powershell-redirected': ('2019', redirected), 'powershell-several': ('2019', several)}

# Nothing is wrong with these.
POWERSHELL_HEALTHY = {
    'exchange-2007': ('2010', exchange_2007),
    'exchange-old-folder': ('2019', old_folder),
    'kerbauth-by-variable': ('2013', kerbauth_image(r'%ExchangeInstallPath%Bin\kerbauth.dll')),
    'powershell-from-outside': ('2016', powershell_authentication(
        'Default Web Site/PowerShell', basicAuthentication='true', windowsAuthentication='true'))}

FAULTS = {'extended-protection': ('2019', extended_protection),
          'ews-missing': ('2016', ews_missing), 'ews-encrypted': ('2019', modules_encrypted),
          'cgi-inherited': ('2010', cgi), 'cgi-of-ews': ('2010', cgi_of_directory),
          'fastcgi-of-site': ('2016', fast_cgi),
          'kerbauth-missing': ('2013', lambda server: without(server, 'kerbauth')),
          'kerbauth-path': ('2019', kerbauth_path), 'kerbauth-twice': ('2019', kerbauth_twice),
          'kerbauth-of-site': ('2016', kerbauth_of_site),
          'wsman-missing': ('2016', lambda server: without(server, 'WSMan')),
          'powershell-requires-ssl': ('2019', require_ssl), 'host-header': ('2013', host_header),
          'foreign-module': ('2013', foreign_module),
          'ews-authentication': ('2016', old_authentication)}


def everything():
    made = {}
    for version in VERSIONS:
        for path, text in whole(Server(version)).items():
            made[f'{version}/{path}'] = text
    for name, (version, break_it) in {**FAULTS, **POWERSHELL_FAULTS, **POWERSHELL_HEALTHY}.items():
        server = Server(version)
        break_it(server)
        folder = 'healthy' if name in POWERSHELL_HEALTHY else 'faults'
        made[f'{folder}/{name}/applicationHost.config'] = server.text()
    server = Server('2019')
    made['faults/kerbauth-managed/web.config'] = powershell_front(
        server, add(name='kerbauth', type='Microsoft.Exchange.Security.Kerbauth'))
    made['faults/kerbauth-twice-in-directory/web.config'] = powershell_front(
        server, add(name='kerbauth'), add(name='kerbauth'))
    made['faults/kerbauth-not-in-directory/web.config'] = powershell_front(
        server, add(name='OAuthAuthModule',
                    type='Microsoft.Exchange.Security.OAuth.OAuthHttpModule'))
    made['faults/wsman-managed/web.config'] = powershell_back(
        server, [add(name='WSMan', type='Microsoft.WSMan.Module')])
    made['faults/wsman-not-in-directory/web.config'] = powershell_back(
        server, [add(name='RpsPreProcessingModule', type='Microsoft.Exchange.RpsPreProcessing')])
    made['faults/foreign-module-of-ews/web.config'] = ews_front(
        server, [add(name='HealthAgent', type='Contoso.Agent.Module, Contoso.Agent')])
    return made


def main():
    wrong = []
    for path, text in everything().items():
        file = here / path
        if sys.argv[1:] != ['--check']:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding='utf-8', newline='\r\n')
        elif not file.exists() or file.read_bytes() != text.replace('\n', '\r\n').encode():
            wrong.append(path)
    print(*(f'differs: {path}' for path in wrong), f'{len(everything())} files', sep='\n')
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
