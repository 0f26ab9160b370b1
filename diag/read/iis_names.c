#include "diag/read/iis_names.h"

#include "diag/text.h"

#include <string.h>

/* Those that end with "*" stand for all that begin like them. */
static const char *const names[] = {
    /* IIS, native */
    "HttpLoggingModule", "UriCacheModule", "FileCacheModule", "TokenCacheModule", "HttpCacheModule",
    "DynamicCompressionModule", "StaticCompressionModule", "DefaultDocumentModule",
    "DirectoryListingModule", "ProtocolSupportModule", "HttpRedirectionModule",
    "ServerSideIncludeModule", "StaticFileModule", "AnonymousAuthenticationModule",
    "CertificateMappingAuthenticationModule", "IISCertificateMappingAuthenticationModule",
    "BasicAuthenticationModule", "WindowsAuthenticationModule", "DigestAuthenticationModule",
    "UrlAuthorizationModule", "RequestFilteringModule", "IpRestrictionModule",
    "DynamicIpRestrictionModule", "CustomErrorModule", "CustomLoggingModule", "TracingModule",
    "FailedRequestsTracingModule", "RequestMonitorModule", "IsapiModule", "IsapiFilterModule",
    "ConfigurationValidationModule", "CgiModule", "FastCgiModule", "ManagedEngine*",
    "ManagedPipelineHandler", "ApplicationInitializationModule", "WebSocketModule", "WebDAV*",
    "RewriteModule", "ApplicationRequestRouting", "PasswordExpiryModule",
    /* ASP.NET */
    "OutputCache", "Session", "WindowsAuthentication", "FormsAuthentication",
    "DefaultAuthentication", "RoleManager", "UrlAuthorization", "FileAuthorization",
    "AnonymousIdentification", "Profile", "UrlMappingsModule", "ServiceModel", "ServiceModel-*",
    "UrlRoutingModule-*", "ScriptModule-*", "ScriptModule",
    /* handlers of both */
    "StaticFile", "ISAPI-dll", "CGI-exe", "TRACEVerbHandler", "OPTIONSVerbHandler", "SSINC-*",
    "ASPClassic", "SecurityCertificate", "AboMapperCustom-*", "TraceHandler-*", "WebAdminHandler-*",
    "AssemblyResourceLoader-*", "PageHandlerFactory-*", "SimpleHandlerFactory-*",
    "WebServiceHandlerFactory-*", "HttpRemotingHandlerFactory-*", "AXD-*",
    "ExtensionlessUrlHandler-*", "ScriptHandlerFactory*", "ScriptResource*", "aspq-*", "cshtm-*",
    "cshtml-*", "vbhtm-*", "vbhtml-*", "svc-*", "xoml-*", "rules-*", "xamlx-*", "rpcproxy*",
    "RpcProxy*",
    /* Exchange */
    "kerbauth", "WSMan", "exppw", "cafe_exppw", "HttpProxy", "HostHeaderValidationModule",
    "HttpRequestFilteringModule", "AnonymousRequestFilterModule", "OAuthAuthModule",
    "RoutingUpdateModule", "AnonymousEmptyCheck", "BackendRehydrationModule",
    "EwsBasicAuthenticationHandler", "EWSAsmxHandler", "EWSDiscoveryHandler",
    "EMCVersionBlockerModule", "PowerShellBasicAuthNRedirectModule", "RpsPreProcessingModule",
    "PowerShellplugin", "LiveIdBasicAuthModule", "LiveIdBasicAuthenticationModule",
    "DelegatedAuthModule", "SuppressLoggingModule", "RPSFriendlyErrorModule",
    "RpsFriendlyErrorModule", "WSManModule", "CertificateAuthModule", "AutodiscoverBasic",
    "ADFSFederationAuthModule", "owaauth", "ExchangeHttpProxy*", "TokenIssuingModule",
    "AlternateLoginModule",
    /* mechanisms of Windows authentication */
    "Negotiate", "NTLM", "Negotiate:Kerberos", "Negotiate:PKU2U"};

static bool is_like(const char *text, size_t size, const char *form)
{
    size_t own = strlen(form);

    if (form[own - 1] == '*')
        return own - 1 <= size && text_equal_fold_sized(text, own - 1, form, own - 1);
    return text_equal_fold_sized(text, size, form, own);
}

bool iis_is_own_name(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (is_like(name, strlen(name), names[i]))
            return true;
    }
    return false;
}

bool iis_is_own_type(const char *type)
{
    static const char *const spaces[] = {"Microsoft.", "System."};

    for (size_t i = 0; i < 2; i++) {
        if (text_starts_fold(type, strlen(type), spaces[i]))
            return true;
    }
    return false;
}

bool iis_is_own_part(const char *part, size_t size)
{
    static const char *const parts[] = {
        /* Windows */
        "Windows", "System32", "SysWOW64", "inetsrv", "Microsoft.NET", "Framework", "Framework64",
        "v2.0.50727", "v4.0.30319", "Program Files", "Program Files (x86)", "inetpub", "wwwroot",
        "RpcProxy", "RpcProxy.dll", "RpcProxyShim.dll", "file:", "config", "web.config",
        /* Exchange */
        "Microsoft", "Exchange Server", "Exchange", "V14", "V15", "V16", "Bin", "ClientAccess",
        "FrontEnd", "HttpProxy", "PowerShell", "PowerShell-Proxy", "exchweb", "EWS", "owa", "ecp",
        "OAB", "Autodiscover", "sync", "mapi", "emsmdb", "nspi", "Rpc", "RpcWithCert", "rest",
        "API", "auth", "Microsoft-Server-ActiveSync", "PushNotifications", "Calendar",
        "PowerShell-LiveID", "UnifiedMessaging", "Public", "Exchange", "Exadmin", "ExchWeb",
        "Logging", "SharedWebConfig.config", "kerbauth.dll", "wsmsvc.dll", "exppw.dll",
        "owaauth.dll", "pwrshplugin.dll", "Microsoft.Exchange.AuthorizationPlugin.dll",
        "Integrated", "integration", "owa2",
        /* sites */
        "Default Web Site", "Exchange Back End",
        /* programs that CGI and FastCGI run */
        "cgi.dll", "iisfcgi.dll", "php", "php-cgi.exe", "python.exe", "perl.exe",
        "aspnet_isapi.dll", "*"};

    if (size == 2 && part[1] == ':')
        return true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (text_equal_fold_sized(part, size, parts[i], strlen(parts[i])))
            return true;
    }
    return size > 1 && (*part == '*' || (*part == '%' && part[size - 1] == '%'));
}
