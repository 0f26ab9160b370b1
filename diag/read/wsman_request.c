#include "diag/read/wsman_request.h"

#include "diag/read/xml_text.h"

#define SOAP_SPACE       "http://www.w3.org/2003/05/soap-envelope"
#define ADDRESSING_SPACE "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define WSMAN_SPACE      "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define SHELL_SPACE      "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
#define IDENTITY_SPACE   "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
#define TRANSFER_URI     "http://schemas.xmlsoap.org/ws/2004/09/transfer/"

void wsman_write_identify(struct buffer *out)
{
    buffer_add_string(out, "<s:Envelope xmlns:s=\"" SOAP_SPACE "\" xmlns:i=\"" IDENTITY_SPACE "\">"
                           "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>");
}

/* All of the header but what is each request's own. */
static void open_header(const struct wsman_message *message, const char *action, struct buffer *out)
{
    static const char must[] = "s:mustUnderstand=\"true\"";

    buffer_print(out,
                 "<s:Envelope xmlns:s=\"%s\" xmlns:a=\"%s\" xmlns:w=\"%s\" xmlns:r=\"%s\">"
                 "<s:Header><a:To>",
                 SOAP_SPACE, ADDRESSING_SPACE, WSMAN_SPACE, SHELL_SPACE);
    xml_add_value(out, message->to);
    buffer_print(out, "</a:To><w:ResourceURI %s>%s</w:ResourceURI>", must, WSMAN_EXCHANGE_URI);
    buffer_print(out,
                 "<a:ReplyTo><a:Address %s>%s/role/anonymous</a:Address></a:ReplyTo>"
                 "<a:Action %s>%s%s</a:Action>",
                 must, ADDRESSING_SPACE, must, TRANSFER_URI, action);
    buffer_print(out, "<w:MaxEnvelopeSize %s>153600</w:MaxEnvelopeSize><a:MessageID>uuid:", must);
    xml_add_value(out, message->id);
    buffer_add_string(out, "</a:MessageID><w:Locale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/>"
                           "<w:OperationTimeout>PT20S</w:OperationTimeout>");
}

void wsman_write_create(const struct wsman_message *message, struct buffer *out)
{
    open_header(message, "Create", out);
    buffer_add_string(out, "<w:OptionSet s:mustUnderstand=\"true\">"
                           "<w:Option Name=\"protocolversion\" MustComply=\"true\">0.0</w:Option>"
                           "</w:OptionSet></s:Header><s:Body><r:Shell>");
    buffer_print(out, "<r:IdleTimeOut>PT%uS</r:IdleTimeOut>", (unsigned)WSMAN_SHELL_SECONDS);
    buffer_add_string(out, "<r:InputStreams>stdin pr</r:InputStreams>"
                           "<r:OutputStreams>stdout</r:OutputStreams>"
                           "</r:Shell></s:Body></s:Envelope>");
}

void wsman_write_delete(const struct wsman_message *message, const char *shell, struct buffer *out)
{
    open_header(message, "Delete", out);
    buffer_add_string(out, "<w:SelectorSet><w:Selector Name=\"ShellId\">");
    xml_add_value(out, shell);
    buffer_add_string(out, "</w:Selector></w:SelectorSet></s:Header><s:Body/></s:Envelope>");
}
