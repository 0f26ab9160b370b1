#include "tests/lab/ews_script.h"

#include "diag/read/base64.h"
#include "diag/read/ews_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPES    "http://schemas.microsoft.com/exchange/services/2006/types"
#define MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"
#define ERRORS   "http://schemas.microsoft.com/exchange/services/2006/errors"
#define TEST_ID  "AAMkATest"

static void begin_envelope(const struct ews_lab *lab, struct buffer *out)
{
    unsigned long parts[4] = {0};
    const char *at = lab->version;

    for (size_t i = 0; i < 4 && *at; i++) {
        char *end;

        parts[i] = strtoul(at, &end, 10);
        at = *end == '.' ? end + 1 : end;
    }
    buffer_print(out,
                 "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                 "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>"
                 "<h:ServerVersionInfo MajorVersion=\"%lu\" MinorVersion=\"%lu\" "
                 "MajorBuildNumber=\"%lu\" MinorBuildNumber=\"%lu\" Version=\"V2_23\" "
                 "xmlns:h=\"" TYPES "\"/></s:Header><s:Body>",
                 parts[0], parts[1], parts[2], parts[3]);
}

static void end_envelope(struct buffer *out)
{
    buffer_add_string(out, "</s:Body></s:Envelope>");
}

static void begin_response(const struct ews_lab *lab, const char *operation, struct buffer *out)
{
    begin_envelope(lab, out);
    buffer_print(
        out, "<m:%sResponse xmlns:m=\"" MESSAGES "\" xmlns:t=\"" TYPES "\"><m:ResponseMessages>",
        operation);
}

static void end_response(const char *operation, struct buffer *out)
{
    buffer_print(out, "</m:ResponseMessages></m:%sResponse>", operation);
    end_envelope(out);
}

static void add_error(const char *operation, const char *code, struct buffer *out)
{
    buffer_print(out,
                 "<m:%sResponseMessage ResponseClass=\"Error\"><m:MessageText>Ein interner "
                 "Serverfehler ist aufgetreten.</m:MessageText><m:ResponseCode>%s</m:ResponseCode>"
                 "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:%sResponseMessage>",
                 operation, code, operation);
}

static void add_success(const char *operation, const char *content, struct buffer *out)
{
    buffer_print(out,
                 "<m:%sResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError"
                 "</m:ResponseCode>%s</m:%sResponseMessage>",
                 operation, content, operation);
}

static void answer_simply(const struct ews_lab *lab, const char *operation, const char *code,
                          const char *content, struct buffer *out)
{
    begin_response(lab, operation, out);
    if (code)
        add_error(operation, code, out);
    else
        add_success(operation, content, out);
    end_response(operation, out);
}

/* ---- faults of the whole request ---- */

static void answer_fault(const struct ews_lab *lab, const char *code, bool is_busy,
                         struct ews_lab_answer *answer)
{
    answer->http = 500;
    begin_envelope(lab, &answer->body);
    buffer_print(
        &answer->body,
        "<s:Fault><faultcode xmlns:a=\"" TYPES "\">a:%s</faultcode><faultstring "
        "xml:lang=\"en-US\">The server cannot service this request right now.</faultstring>"
        "<detail><e:ResponseCode xmlns:e=\"" ERRORS "\">%s</e:ResponseCode>"
        "<e:Message xmlns:e=\"" ERRORS "\">Try again later.</e:Message>",
        code, code);
    if (is_busy && lab->back_off >= 0)
        buffer_print(&answer->body,
                     "<t:MessageXml xmlns:t=\"" TYPES
                     "\"><t:Value Name=\"BackOffMilliseconds\">%lld</t:Value></t:MessageXml>",
                     (long long)lab->back_off);
    buffer_add_string(&answer->body, "</detail></s:Fault>");
    end_envelope(&answer->body);
}

static void answer_page(const struct ews_lab *lab, struct ews_lab_answer *answer)
{
    answer->type = "text/html; charset=utf-8";
    if (lab->page == EWS_LAB_LOGIN) {
        answer->http = 302;
        answer->fields = "Location: https://login.example.net/owa/auth/logon.aspx\r\n";
        buffer_add_string(&answer->body, "<html><body>Object moved</body></html>");
    } else if (lab->page == EWS_LAB_DENIED) {
        answer->http = 401;
        answer->fields = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n"
                         "WWW-Authenticate: Basic realm=\"mail\"\r\n";
    } else {
        answer->http = 500;
        buffer_add_string(&answer->body, "<!DOCTYPE html PUBLIC \"-//W3C//DTD\" \"http://x/\">\r\n"
                                         "<html><head><title>500</title></head></html>");
    }
}

/* ---- operations ---- */

static void add_found(const struct ews_lab_item *item, struct buffer *out)
{
    buffer_print(out,
                 "<t:%s><t:ItemId Id=\"%s\" ChangeKey=\"CQAA\"/><t:ItemClass>%s</t:ItemClass>"
                 "<t:Subject>Secret &amp; private</t:Subject><t:Size>%llu</t:Size>"
                 "<t:HasAttachments>%s</t:HasAttachments></t:%s>",
                 item->element, item->id, item->item_class, (unsigned long long)item->size,
                 item->has_attachments ? "true" : "false", item->element);
}

static void begin_folder(struct buffer *out)
{
    buffer_add_string(out, "<m:FindItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>"
                           "NoError</m:ResponseCode><m:RootFolder TotalItemsInView=\"1\" "
                           "IncludesLastItemInRange=\"true\"><t:Items>");
}

static void end_folder(struct buffer *out)
{
    buffer_add_string(out, "</t:Items></m:RootFolder></m:FindItemResponseMessage>");
}

static void add_test_item(unsigned number, struct buffer *out)
{
    buffer_print(out,
                 "<t:Message><t:ItemId Id=\"" TEST_ID "%u\"/><t:Subject>%s</t:Subject>"
                 "<t:ExtendedProperty><t:ExtendedFieldURI "
                 "DistinguishedPropertySetId=\"PublicStrings\" PropertyName=\"%s\" "
                 "PropertyType=\"String\"/><t:Value>1</t:Value></t:ExtendedProperty></t:Message>",
                 number, EWS_TEST_SUBJECT, EWS_TEST_MARK);
}

static const char *code_of_folder(struct ews_lab *lab)
{
    bool fails = lab->folder_failures > 0;

    if (fails && lab->folder_failures != EWS_LAB_FOR_EVER)
        lab->folder_failures--;
    return fails ? lab->folder_code : "ErrorFolderNotFound";
}

static void answer_find(struct ews_lab *lab, const char *request, struct buffer *out)
{
    bool is_of_tests = strstr(request, "exdiag-test-item") != NULL;

    lab->finds++;
    begin_response(lab, "FindItem", out);
    if (lab->find_code) {
        add_error("FindItem", lab->find_code, out);
    } else {
        begin_folder(out);
        for (unsigned i = 0; is_of_tests && lab->hides_tests == 0 && i < lab->test_items; i++)
            add_test_item(i, out);
        if (is_of_tests && lab->hides_tests > 0)
            lab->hides_tests--;
        for (size_t i = 0; (!is_of_tests || lab->lists_all_as_tests) && i < lab->item_count; i++)
            add_found(&lab->items[i], out);
        end_folder(out);
        add_error("FindItem", code_of_folder(lab), out);
    }
    end_response("FindItem", out);
}

static void add_mime(size_t size, struct buffer *out)
{
    char *bytes = malloc(size + 1);
    struct buffer text;

    memset(bytes, 'x', size);
    buffer_init(&text, EWS_LAB_BODY_MOST);
    base64_encode(bytes, size, &text);
    buffer_print(out,
                 "<m:Items><t:Message><t:MimeContent CharacterSet=\"UTF-8\">%s"
                 "</t:MimeContent></t:Message></m:Items>",
                 text.text);
    buffer_release(&text);
    free(bytes);
}

static void answer_content(struct ews_lab *lab, const char *code, size_t size, struct buffer *out)
{
    struct buffer content;

    buffer_init(&content, EWS_LAB_BODY_MOST);
    if (!code && !lab->has_no_mime)
        add_mime(size, &content);
    answer_simply(lab, "GetItem", code, content.text, out);
    buffer_release(&content);
}

static bool names(const char *request, const char *id)
{
    char text[128];

    snprintf(text, sizeof text, "Id=\"%s\"", id);
    return strstr(request, text) != NULL;
}

/* GetItem for subject and mark. */
static void answer_proof(const struct ews_lab *lab, const char *request, struct buffer *out)
{
    struct buffer content;

    buffer_init(&content, EWS_LAB_BODY_MOST);
    buffer_add_string(&content, "<m:Items>");
    if (strstr(request, TEST_ID))
        add_test_item(0, &content);
    else
        add_found(&lab->items[0], &content);
    buffer_add_string(&content, "</m:Items>");
    answer_simply(lab, "GetItem", NULL, content.text, out);
    buffer_release(&content);
}

static void answer_get(struct ews_lab *lab, const char *request, struct buffer *out)
{
    if (strstr(request, EWS_TEST_MARK)) {
        answer_proof(lab, request, out);
        return;
    }
    lab->gets++;
    if (strstr(request, TEST_ID)) {
        answer_content(lab, lab->test_items > 0 ? lab->test_item_code : "ErrorItemNotFound", 400,
                       out);
        return;
    }
    for (size_t i = 0; i < lab->item_count; i++) {
        struct ews_lab_item *item = &lab->items[i];
        bool fails = item->code && item->failures > 0;

        if (!names(request, item->id))
            continue;
        if (fails && item->failures != EWS_LAB_FOR_EVER)
            item->failures--;
        answer_content(lab, fails ? item->code : NULL, item->mime_size, out);
        return;
    }
    answer_content(lab, "ErrorItemNotFound", 0, out);
}

static void answer_create(struct ews_lab *lab, const char *request, struct buffer *out)
{
    bool is_appointment = strstr(request, "<t:CalendarItem>") != NULL;
    const char *code = lab->create_codes[is_appointment];
    char content[256];

    lab->creates++;
    snprintf(content, sizeof content,
             "<m:Items><t:%s><t:ItemId Id=\"%s%u\" ChangeKey=\"CQBB\"/></t:%s></m:Items>",
             is_appointment ? "CalendarItem" : "MeetingRequest",
             lab->names_another ? "AAMkVictim" : TEST_ID, lab->test_items,
             is_appointment ? "CalendarItem" : "MeetingRequest");
    if (!code || lab->makes_it_all_the_same)
        lab->test_items++;
    answer_simply(lab, "CreateItem", code, content, out);
}

static void answer_attach(struct ews_lab *lab, struct buffer *out)
{
    lab->attaches++;
    answer_simply(lab, "CreateAttachment", lab->attach_code,
                  "<m:Attachments><t:FileAttachment><t:AttachmentId Id=\"AAMkAttachment\" "
                  "RootItemId=\"" TEST_ID "0\" RootItemChangeKey=\"CQCC\"/></t:FileAttachment>"
                  "</m:Attachments>",
                  out);
}

static void answer_delete(struct ews_lab *lab, const char *request, struct buffer *out)
{
    const char *code = NULL;

    lab->deletes++;
    lab->was_soft_deletion = strstr(request, "DeleteType=\"SoftDelete\"") != NULL;
    lab->other_deletions += strstr(request, TEST_ID) == NULL;
    if (!strstr(request, TEST_ID) || lab->test_items == 0)
        code = "ErrorItemNotFound";
    else if (lab->delete_failures > 0)
        code = lab->delete_code;
    else
        lab->test_items--;
    if (lab->delete_failures > 0 && lab->delete_failures != EWS_LAB_FOR_EVER)
        lab->delete_failures--;
    answer_simply(lab, "DeleteItem", code, "", out);
}

static void answer_operation(struct ews_lab *lab, const char *request, struct buffer *out)
{
    if (strstr(request, "<m:FindItem "))
        answer_find(lab, request, out);
    else if (strstr(request, "<m:GetItem>"))
        answer_get(lab, request, out);
    else if (strstr(request, "<m:CreateItem "))
        answer_create(lab, request, out);
    else if (strstr(request, "<m:CreateAttachment>"))
        answer_attach(lab, out);
    else if (strstr(request, "<m:DeleteItem "))
        answer_delete(lab, request, out);
}

void ews_lab_answer(struct ews_lab *lab, const char *request, struct ews_lab_answer *answer)
{
    unsigned number = lab->requests++;

    answer->http = 200;
    answer->type = "text/xml; charset=utf-8";
    answer->fields = "";
    buffer_init(&answer->body, EWS_LAB_BODY_MOST * 2);
    if (lab->page != EWS_LAB_SOAP && (lab->pages == 0 || number < lab->pages))
        answer_page(lab, answer);
    else if (number >= lab->busy_after && number < lab->busy_after + lab->busy)
        answer_fault(lab, "ErrorServerBusy", true, answer);
    else if (lab->old_server && strstr(request, "\"Exchange2010_SP2\""))
        answer_fault(lab, "ErrorInvalidServerVersion", false, answer);
    else
        answer_operation(lab, request, &answer->body);
}
