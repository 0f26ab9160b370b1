"""An organisation of Exchange in Samba's directory: the part of Exchange's schema that tells its
servers and what they call themselves, and the entries that its setup makes of them."""

from .samba import open_directory

ARC = "1.2.840.113556.1.8000.2554.41870.9142"  # of nobody's schema
READABLE = "D:(A;;GA;;;DA)(A;;GA;;;SY)(A;;GR;;;AU)"  # whoever is logged on reads it
TEXT, NUMBER = ("2.5.5.12", "64"), ("2.5.5.9", "2")

ATTRIBUTES = {
    "msExchSmtpFullyQualifiedDomainName": TEXT,
    "msExchSMTPReceiveConnectorFQDN": TEXT,
    "msExchSMTPReceiveInboundSecurityFlag": NUMBER,
    "msExchSmtpSmartHost": TEXT,
}
CLASSES = {  # what they are below, and what they may have
    "msExchContainer": ("container", []),
    "msExchExchangeServer": ("server", ["networkAddress", "serialNumber"]),
    "protocolCfgSMTPServer": ("top", ["msExchSmtpFullyQualifiedDomainName", "msExchSmtpSmartHost"]),
    "msExchSmtpReceiveConnector": (
        "top", ["msExchSMTPReceiveConnectorFQDN", "msExchSMTPReceiveInboundSecurityFlag"],
    ),
}  # fmt: skip

EXCHANGE_SERVER = 16  # of the AuthMechanism of a receive connector: servers may log on
EXCHANGE_2003 = "Version 6.5 (Build 7638.2: Service Pack 2)"
EXCHANGE_2016 = "Version 15.1 (Build 32507.6)"
CONNECTORS, VIRTUAL_SERVERS = "SMTP Receive Connectors", "SMTP"
GROUP = "Exchange Administrative Group (FYDIBOHF23SPDLT)"


def extend_schema(domain):
    """Before a controller runs on it. The classes are in force when the attributes are."""
    directory = open_directory(domain.configuration)
    schema = str(directory.get_schema_basedn())
    for number, (name, (syntax, om_syntax)) in enumerate(ATTRIBUTES.items()):
        directory.add({
            "dn": f"CN={name},{schema}", "objectClass": "attributeSchema", "lDAPDisplayName": name,
            "attributeID": f"{ARC}.1.{number}", "attributeSyntax": syntax, "oMSyntax": om_syntax,
            "isSingleValued": "TRUE",
        })  # fmt: skip
    directory.set_schema_update_now()
    for number, (name, (above, may_have)) in enumerate(CLASSES.items()):
        directory.add({
            "dn": f"CN={name},{schema}", "objectClass": "classSchema", "lDAPDisplayName": name,
            "governsID": f"{ARC}.2.{number}", "subClassOf": above, "objectClassCategory": "1",
            "rDNAttID": "cn", "possSuperiors": "container", "defaultSecurityDescriptor": READABLE,
            **({"mayContain": may_have} if may_have else {}),
        })  # fmt: skip
    directory.set_schema_update_now()


class Organisation:
    """Of a domain whose schema has been extended. `version`: serialNumber of a server."""

    def __init__(self, domain, name="Contoso"):
        self.domain = domain
        self.directory = open_directory(domain.configuration)
        where = f"CN=Services,{self.directory.get_config_basedn()}"
        for part in ("Microsoft Exchange", name, "Administrative Groups", GROUP, "Servers"):
            where = self.add_container(where, part)
        self.servers = where

    def add(self, above, name, kind, **attributes):
        where = f"CN={name},{above}"
        self.directory.add({"dn": where, "objectClass": kind, **attributes})
        return where

    def add_container(self, above, name):
        return self.add(above, name, "msExchContainer")

    def add_server(self, name, version=EXCHANGE_2016):
        host = f"{name.lower()}.{self.domain.name}"
        where = self.add(
            self.servers, name, "msExchExchangeServer", serialNumber=version,
            networkAddress=[f"netbios:{name}", f"ncacn_np:{name}", f"ncacn_ip_tcp:{host}"],
        )  # fmt: skip
        protocols = self.add_container(where, "Protocols")
        for part in (CONNECTORS, VIRTUAL_SERVERS):
            self.add_container(protocols, part)

    def add_connector(self, server, name, fqdn, authentication=EXCHANGE_SERVER):
        self.add(
            f"CN={CONNECTORS},CN=Protocols,CN={server},{self.servers}", name,
            "msExchSmtpReceiveConnector", msExchSMTPReceiveConnectorFQDN=fqdn,
            msExchSMTPReceiveInboundSecurityFlag=str(authentication),
        )  # fmt: skip

    def add_virtual_server(self, server, number, fqdn):
        """Of Exchange 2000 and 2003."""
        self.add(
            f"CN={VIRTUAL_SERVERS},CN=Protocols,CN={server},{self.servers}", number,
            "protocolCfgSMTPServer", msExchSmtpFullyQualifiedDomainName=fqdn,
        )  # fmt: skip
