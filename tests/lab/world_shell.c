#include "tests/lab/world_shell.h"

/* Setup's own, but for kerbauth, which globalModules have lost. */
static const char configuration[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<configuration>\r\n"
    "  <system.applicationHost>\r\n"
    "    <applicationPools>\r\n"
    "      <add name=\"MSExchangePowerShellFrontEndAppPool\""
    " managedRuntimeVersion=\"v4.0\">\r\n"
    "        <processModel identityType=\"LocalSystem\" pingingEnabled=\"false\" />\r\n"
    "      </add>\r\n"
    "      <add name=\"MSExchangePowerShellAppPool\""
    " managedRuntimeVersion=\"v4.0\">\r\n"
    "        <processModel identityType=\"LocalSystem\" pingingEnabled=\"false\" />\r\n"
    "      </add>\r\n"
    "    </applicationPools>\r\n"
    "    <sites>\r\n"
    "      <site name=\"Default Web Site\" id=\"1\">\r\n"
    "        <application path=\"/PowerShell\""
    " applicationPool=\"MSExchangePowerShellFrontEndAppPool\">\r\n"
    "          <virtualDirectory path=\"/\""
    " physicalPath=\"D:\\Exchange\\V15\\FrontEnd\\HttpProxy\\PowerShell\" />\r\n"
    "        </application>\r\n"
    "        <bindings>\r\n"
    "          <binding protocol=\"http\" bindingInformation=\"*:80:\" />\r\n"
    "          <binding protocol=\"https\" bindingInformation=\":443:\" />\r\n"
    "          <binding protocol=\"http\" bindingInformation=\"127.0.0.1:80:\" />\r\n"
    "          <binding protocol=\"https\" bindingInformation=\"127.0.0.1:443:\" />\r\n"
    "        </bindings>\r\n"
    "      </site>\r\n"
    "      <site name=\"Exchange Back End\" id=\"2\" serverAutoStart=\"true\">\r\n"
    "        <application path=\"/PowerShell\""
    " applicationPool=\"MSExchangePowerShellAppPool\">\r\n"
    "          <virtualDirectory path=\"/\""
    " physicalPath=\"D:\\Exchange\\V15\\ClientAccess\\PowerShell-Proxy\" />\r\n"
    "        </application>\r\n"
    "        <application path=\"/EWS\" applicationPool=\"MSExchangeServicesAppPool\">\r\n"
    "          <virtualDirectory path=\"/\" "
    "physicalPath=\"D:\\Exchange\\V15\\ClientAccess\\exchweb\\EWS\" />\r\n"
    "        </application>\r\n"
    "        <bindings>\r\n"
    "          <binding protocol=\"http\" bindingInformation=\"*:81:\" />\r\n"
    "          <binding protocol=\"https\" bindingInformation=\"*:444:\" />\r\n"
    "        </bindings>\r\n"
    "      </site>\r\n"
    "    </sites>\r\n"
    "  </system.applicationHost>\r\n"
    "  <system.webServer>\r\n"
    "    <globalModules>\r\n"
    "      <add name=\"WindowsAuthenticationModule\""
    " image=\"%windir%\\System32\\inetsrv\\authsspi.dll\" />\r\n"
    "      <add name=\"WSMan\" image=\"C:\\Windows\\system32\\wsmsvc.dll\" />\r\n"
    "    </globalModules>\r\n"
    "  </system.webServer>\r\n"
    "  <location path=\"Default Web Site/PowerShell\">\r\n"
    "    <system.webServer>\r\n"
    "      <security>\r\n"
    "        <authentication>\r\n"
    "          <windowsAuthentication enabled=\"false\" />\r\n"
    "          <anonymousAuthentication enabled=\"false\" />\r\n"
    "          <digestAuthentication enabled=\"false\" />\r\n"
    "          <basicAuthentication enabled=\"false\" />\r\n"
    "        </authentication>\r\n"
    "        <access sslFlags=\"SslNegotiateCert\" />\r\n"
    "      </security>\r\n"
    "    </system.webServer>\r\n"
    "  </location>\r\n"
    "  <location path=\"Exchange Back End/PowerShell\">\r\n"
    "    <system.webServer>\r\n"
    "      <security>\r\n"
    "        <authentication>\r\n"
    "          <windowsAuthentication enabled=\"true\" />\r\n"
    "          <anonymousAuthentication enabled=\"false\" />\r\n"
    "          <digestAuthentication enabled=\"false\" />\r\n"
    "          <basicAuthentication enabled=\"false\" />\r\n"
    "        </authentication>\r\n"
    "        <access sslFlags=\"Ssl, SslNegotiateCert, Ssl128\" />\r\n"
    "      </security>\r\n"
    "    </system.webServer>\r\n"
    "  </location>\r\n"
    "</configuration>\r\n";

static const char directory[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<configuration>\r\n"
    "  <appSettings>\r\n"
    "    <add key=\"HttpProxy.ProtocolType\" value=\"PowerShell\" />\r\n"
    "  </appSettings>\r\n"
    "  <system.webServer>\r\n"
    "    <modules>\r\n"
    "      <add name=\"kerbauth\" />\r\n"
    "      <add name=\"HttpProxy\""
    " type=\"Microsoft.Exchange.HttpProxy.ProxyModule,Microsoft.Exchange.FrontEndHt"
    "tpProxy\" />\r\n"
    "    </modules>\r\n"
    "    <httpProtocol>\r\n"
    "      <customHeaders>\r\n"
    "        <add name=\"X-FEServer\" value=\"EX13\" />\r\n"
    "      </customHeaders>\r\n"
    "    </httpProtocol>\r\n"
    "  </system.webServer>\r\n"
    "</configuration>\r\n";

/* As on healthy servers, the extension is not there. */
static const char features[] =
    "\r\n"
    "Display Name                                            Name                 "
    "      Install State\r\n"
    "------------                                            ----                 "
    "      -------------\r\n"
    "[X] Web Server (IIS)                                    Web-Server           "
    "          Installed\r\n"
    "    [X] Web Server                                      Web-WebServer        "
    "          Installed\r\n"
    "[ ] WinRM IIS Extension                                 WinRM-IIS-Ext        "
    "          Available\r\n"
    "[X] WoW64 Support                                       WoW64-Support        "
    "          Installed\r\n";

static const struct world_file list[] = {
    {"old-applicationHost.config", configuration, "powershell"},
    {"old-web.config", directory, "powershell"},
    {"old-features.txt", features, "powershell"},
};

enum status world_shell_add(struct world_files *files)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < sizeof list / sizeof *list && status == STATUS_OK; i++)
        status = world_files_add_of(files, &list[i], "ex13.contoso.com");
    return status;
}
