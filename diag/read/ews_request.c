#include "diag/read/ews_request.h"

#include "diag/read/base64.h"
#include "diag/read/xml_text.h"

#include <stdint.h>
#include <string.h>

#define SOAP_SPACE "http://schemas.xmlsoap.org/soap/envelope/"
#define EWS_SPACE  "http://schemas.microsoft.com/exchange/services/2006/"

/* Properties by tag (MS-OXPROPS); the last is ours alone, by name. */
#define EDITOR_FORMAT_URI "<t:ExtendedFieldURI PropertyTag=\"0x5909\" PropertyType=\"Integer\"/>"
#define RTF_URI           "<t:ExtendedFieldURI PropertyTag=\"0x1009\" PropertyType=\"Binary\"/>"
#define RTF_IN_SYNC_URI   "<t:ExtendedFieldURI PropertyTag=\"0x0E1F\" PropertyType=\"Boolean\"/>"
#define MARK_URI                                                                                   \
    "<t:ExtendedFieldURI DistinguishedPropertySetId=\"PublicStrings\" "                            \
    "PropertyName=\"" EWS_TEST_MARK "\" PropertyType=\"String\"/>"

/* What tells a test item from all others. */
#define PROOF_SHAPE                                                                                \
    "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"                       \
    "<t:FieldURI FieldURI=\"item:Subject\"/>" MARK_URI "</t:AdditionalProperties></m:ItemShape>"

enum { TESTS_MOST = 50, RTF_SIZE = 16 /* of its header, MS-OXRTFCP 2.1.3.1 */ };

static const char *const versions[EWS_VERSION_COUNT] = {
#define X(name, word) [EWS_VERSION_##name] = word,
    EWS_VERSION_LIST(X)
#undef X
};

/* ---- values ---- */

static void add_element(struct buffer *out, const char *name, const char *value)
{
    buffer_print(out, "<%s>", name);
    xml_add_value(out, value);
    buffer_print(out, "</%s>", name);
}

static void add_attribute(struct buffer *out, const char *name, const char *value)
{
    buffer_print(out, " %s=\"", name);
    xml_add_value(out, value);
    buffer_add_char(out, '"');
}

/* ---- the envelope ---- */

static void begin(const struct ews_caller *caller, struct buffer *out)
{
    buffer_clear(out);
    buffer_print(out,
                 "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                 "<s:Envelope xmlns:s=\"" SOAP_SPACE "\" xmlns:m=\"" EWS_SPACE "messages\" "
                 "xmlns:t=\"" EWS_SPACE "types\"><s:Header>"
                 "<t:RequestServerVersion Version=\"%s\"/>",
                 versions[caller->version]);
    if (caller->impersonate) {
        buffer_add_string(out, "<t:ExchangeImpersonation><t:ConnectingSID>");
        add_element(out, "t:PrimarySmtpAddress", caller->impersonate);
        buffer_add_string(out, "</t:ConnectingSID></t:ExchangeImpersonation>");
    }
    buffer_add_string(out, "</s:Header><s:Body>");
}

static void end(struct buffer *out)
{
    buffer_add_string(out, "</s:Body></s:Envelope>");
}

static void add_folder(struct buffer *out, const char *name, const char *mailbox)
{
    buffer_print(out, "<t:DistinguishedFolderId Id=\"%s\"><t:Mailbox>", name);
    add_element(out, "t:EmailAddress", mailbox);
    buffer_add_string(out, "</t:Mailbox></t:DistinguishedFolderId>");
}

static void add_item_id(struct buffer *out, const char *element, const char *id,
                        const char *change_key)
{
    buffer_print(out, "<%s", element);
    add_attribute(out, "Id", id);
    if (change_key)
        add_attribute(out, "ChangeKey", change_key);
    buffer_add_string(out, "/>");
}

/* ---- FindItem ---- */

static void add_class_prefix(struct buffer *out, const char *prefix)
{
    buffer_print(out,
                 "<t:Contains ContainmentMode=\"Prefixed\" ContainmentComparison=\"IgnoreCase\">"
                 "<t:FieldURI FieldURI=\"item:ItemClass\"/><t:Constant Value=\"%s\"/>"
                 "</t:Contains>",
                 prefix);
}

static void add_view(struct buffer *out, unsigned most)
{
    buffer_print(out,
                 "<m:IndexedPageItemView MaxEntriesReturned=\"%u\" Offset=\"0\" "
                 "BasePoint=\"Beginning\"/>",
                 most);
}

void ews_write_find(const struct ews_caller *caller, const char *mailbox, unsigned most,
                    struct buffer *out)
{
    static const char *const folders[EWS_FOLDERS] = {"inbox", "calendar", "sentitems",
                                                     "deleteditems"};

    begin(caller, out);
    buffer_add_string(out, "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly"
                           "</t:BaseShape><t:AdditionalProperties>"
                           "<t:FieldURI FieldURI=\"item:ItemClass\"/>"
                           "<t:FieldURI FieldURI=\"item:Size\"/>"
                           "<t:FieldURI FieldURI=\"item:HasAttachments\"/>"
                           "</t:AdditionalProperties></m:ItemShape>");
    add_view(out, most);
    buffer_add_string(out, "<m:Restriction><t:Or>");
    add_class_prefix(out, "IPM.Schedule.Meeting.Request");
    add_class_prefix(out, "IPM.Appointment");
    buffer_add_string(out, "<t:IsEqualTo>" EDITOR_FORMAT_URI "<t:FieldURIOrConstant>"
                           "<t:Constant Value=\"3\"/></t:FieldURIOrConstant></t:IsEqualTo>"
                           "</t:Or></m:Restriction><m:SortOrder>"
                           "<t:FieldOrder Order=\"Descending\">"
                           "<t:FieldURI FieldURI=\"item:DateTimeReceived\"/></t:FieldOrder>"
                           "</m:SortOrder><m:ParentFolderIds>");
    for (size_t i = 0; i < EWS_FOLDERS; i++)
        add_folder(out, folders[i], mailbox);
    buffer_add_string(out, "</m:ParentFolderIds></m:FindItem>");
    end(out);
}

void ews_write_find_tests(const struct ews_caller *caller, const char *mailbox, struct buffer *out)
{
    begin(caller, out);
    buffer_add_string(out, "<m:FindItem Traversal=\"Shallow\">" PROOF_SHAPE);
    add_view(out, TESTS_MOST);
    buffer_add_string(out, "<m:Restriction><t:IsEqualTo>" MARK_URI "<t:FieldURIOrConstant>"
                           "<t:Constant Value=\"1\"/></t:FieldURIOrConstant></t:IsEqualTo>"
                           "</m:Restriction><m:ParentFolderIds>");
    add_folder(out, "drafts", mailbox);
    add_folder(out, "calendar", mailbox);
    buffer_add_string(out, "</m:ParentFolderIds></m:FindItem>");
    end(out);
}

/* ---- GetItem ---- */

void ews_write_get_mime(const struct ews_caller *caller, const char *id, const char *change_key,
                        struct buffer *out)
{
    begin(caller, out);
    buffer_add_string(out,
                      "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"
                      "<t:IncludeMimeContent>true</t:IncludeMimeContent></m:ItemShape><m:ItemIds>");
    add_item_id(out, "t:ItemId", id, change_key);
    buffer_add_string(out, "</m:ItemIds></m:GetItem>");
    end(out);
}

/* ---- the test item ---- */

static void add_number(unsigned char *at, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (unsigned char)(number >> (8 * i));
}

/* As it is, behind the header of MS-OXRTFCP: its body is what is converted. */
static void add_rtf(struct buffer *out)
{
    static const char rtf[] =
        "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\pard\\plain\\f0\\fs20 "
        "exdiag asks for this item and deletes it again. It may be deleted. {\\objattph}\\par}";
    unsigned char bytes[RTF_SIZE + sizeof rtf - 1];
    const uint32_t size = sizeof rtf - 1, uncompressed = 0x414C454D;

    add_number(bytes, size + RTF_SIZE - 4);
    add_number(bytes + 4, size);
    add_number(bytes + 8, uncompressed);
    add_number(bytes + 12, 0);
    memcpy(bytes + RTF_SIZE, rtf, size);
    buffer_add_string(out, "<t:ExtendedProperty>" RTF_URI "<t:Value>");
    base64_encode(bytes, sizeof bytes, out);
    buffer_add_string(out, "</t:Value></t:ExtendedProperty><t:ExtendedProperty>" RTF_IN_SYNC_URI
                           "<t:Value>true</t:Value></t:ExtendedProperty>");
}

static const struct test_form {
    const char *folder, *attributes, *element, *before, *after;
} test_forms[EWS_TEST_ITEM_COUNT] = {
    [EWS_TEST_ITEM_REQUEST] = {"drafts", "MessageDisposition=\"SaveOnly\"", "t:Message",
                               "<t:ItemClass>IPM.Schedule.Meeting.Request</t:ItemClass>", ""},
    [EWS_TEST_ITEM_APPOINTMENT] = {"calendar", "SendMeetingInvitations=\"SendToNone\"",
                                   "t:CalendarItem", "",
                                   "<t:Start>2000-01-01T00:00:00Z</t:Start>"
                                   "<t:End>2000-01-01T00:30:00Z</t:End>"
                                   "<t:LegacyFreeBusyStatus>Free</t:LegacyFreeBusyStatus>"}};

void ews_write_create(const struct ews_caller *caller, const char *mailbox, enum ews_test_item form,
                      struct buffer *out)
{
    const struct test_form *how = &test_forms[form];

    begin(caller, out);
    buffer_print(out, "<m:CreateItem %s><m:SavedItemFolderId>", how->attributes);
    add_folder(out, how->folder, mailbox);
    buffer_print(out, "</m:SavedItemFolderId><m:Items><%s>%s", how->element, how->before);
    add_element(out, "t:Subject", EWS_TEST_SUBJECT);
    buffer_add_string(out, "<t:ReminderIsSet>false</t:ReminderIsSet><t:ExtendedProperty>" MARK_URI
                           "<t:Value>1</t:Value></t:ExtendedProperty>");
    add_rtf(out);
    buffer_print(out, "%s</%s></m:Items></m:CreateItem>", how->after, how->element);
    end(out);
}

void ews_write_attach(const struct ews_caller *caller, const char *id, const char *change_key,
                      struct buffer *out)
{
    static const char picture[] = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAA"
                                  "ggCB2kUIOwAAAABJRU5ErkJggg==";

    begin(caller, out);
    buffer_add_string(out, "<m:CreateAttachment>");
    add_item_id(out, "m:ParentItemId", id, change_key);
    buffer_add_string(out, "<m:Attachments><t:FileAttachment><t:Name>picture.png</t:Name>"
                           "<t:ContentType>image/png</t:ContentType>"
                           "<t:ContentId>picture@exdiag</t:ContentId>");
    if (caller->version >= EWS_VERSION_2010_SP2) /* there is none before */
        buffer_add_string(out, "<t:IsInline>true</t:IsInline>");
    add_element(out, "t:Content", picture);
    buffer_add_string(out, "</t:FileAttachment></m:Attachments></m:CreateAttachment>");
    end(out);
}

void ews_write_get_test(const struct ews_caller *caller, const char *id, struct buffer *out)
{
    begin(caller, out);
    buffer_add_string(out, "<m:GetItem>" PROOF_SHAPE "<m:ItemIds>");
    add_item_id(out, "t:ItemId", id, NULL);
    buffer_add_string(out, "</m:ItemIds></m:GetItem>");
    end(out);
}

void ews_write_delete(const struct ews_caller *caller, const char *id, struct buffer *out)
{
    begin(caller, out);
    buffer_add_string(out, "<m:DeleteItem DeleteType=\"SoftDelete\" "
                           "SendMeetingCancellations=\"SendToNone\"><m:ItemIds>");
    add_item_id(out, "t:ItemId", id, NULL);
    buffer_add_string(out, "</m:ItemIds></m:DeleteItem>");
    end(out);
}
