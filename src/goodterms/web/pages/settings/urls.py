"""Addresses of the settings."""

from django.urls import path

from goodterms.web.pages.settings import data, mail, members, pace, pages, programs, signing

urlpatterns = [
    path("", pages.settings, name="settings"),
    path("you/", pages.you, name="settings-you"),
    path("strategy/", pages.strategy, name="settings-strategy"),
    path("mail/", mail.mail, name="settings-mail"),
    path("mail/servers/", mail.servers, name="settings-mail-servers"),
    path("mail/provider/", mail.provider, name="settings-mail-provider"),
    path("mail/habits/", mail.habits, name="settings-mail-habits"),
    path("mail/list/", mail.list_server, name="settings-mail-list"),
    path("mail/list/mend/", mail.mend_list, name="settings-mail-list-mend"),
    path("mail/list/hear/", mail.hear_list, name="settings-mail-list-hear"),
    path("mail/try/", mail.try_out, name="settings-mail-try"),
    path("mail/forget/", mail.forget, name="settings-mail-forget"),
    path("members/", members.members, name="settings-members"),
    path("members/<int:number>/dismiss/", members.dismiss_member, name="settings-member-dismiss"),
    path("members/<int:number>/invite/", members.invite_again, name="settings-member-invite"),
    path("signing/", signing.signing, name="settings-signing"),
    path("signing/off/", signing.off, name="settings-signing-off"),
    path("signing/<int:number>/", signing.key, name="settings-signing-key"),
    path("signing/<int:number>/check/", signing.check, name="settings-signing-check"),
    path("signing/<int:number>/on/", signing.on, name="settings-signing-on"),
    path("signing/<int:number>/remove/", signing.remove, name="settings-signing-remove"),
    path("pace/", pace.pace, name="settings-pace"),
    path("pace/ends/", pace.ends, name="settings-pace-ends"),
    path("pace/take/", pace.take, name="settings-pace-take"),
    path("pace/limits/", pace.limits, name="settings-pace-limits"),
    path("pace/habits/", pace.habits, name="settings-pace-habits"),
    path("pace/reset/", pace.reset, name="settings-pace-reset"),
    path("programs/", programs.programs, name="settings-programs"),
    path("programs/add/", programs.add, name="settings-program-add"),
    path("programs/<int:number>/revoke/", programs.revoke, name="settings-program-revoke"),
    path("programs/tell/", programs.tell, name="settings-program-tell"),
    path("programs/<int:number>/hush/", programs.hush, name="settings-program-hush"),
    path("data/", data.data, name="settings-data"),
    path("data/backup/", data.backup, name="settings-backup"),
    path("data/destroy/", data.destroy, name="settings-destroy"),
]
