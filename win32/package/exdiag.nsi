; The installer: exdiag-VERSION-windows-x64-setup.exe [/S]. build.sh says what is in it.
; A 64-bit one, since there are servers without WOW64.
Target amd64-unicode
Unicode true
!include LogicLib.nsh
!include WinMessages.nsh
!include WordFunc.nsh

!define NAME "exdiag"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\exdiag"

Name "${NAME} ${VERSION}"
OutFile "${OUTPUT}"
RequestExecutionLevel admin
ManifestSupportedOS all
ManifestDPIAware true
SetCompressor /SOLID lzma
Icon "${ICON}"
UninstallIcon "${ICON}"
BrandingText " "
ShowInstDetails nevershow
ShowUninstDetails nevershow
VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
VIAddVersionKey ProductName "exdiag"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "exdiag ${VERSION}, installer"
VIAddVersionKey CompanyName "The exdiag authors"
VIAddVersionKey LegalCopyright "MIT License"

Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

; The PATH of a machine is often longer than the 1,024 characters that a string has here, and what
; reads it into one and writes it back has cut it off. So it never enters one: the registry's own
; functions read it into memory as large as it is, and it is written back with the type it had.
; Where it cannot be read as text, it is left alone.
;
; $0 the key, $1 what failed, $2 the type, $3 bytes, $4 the value, $5 ";value;", $6 where our
; folder begins in $5, or 0.
!macro OpenPath
  StrCpy $6 -1
  System::Call 'advapi32::RegOpenKeyExW(p -2147483646, w "SYSTEM\CurrentControlSet\Control\Session Manager\Environment", i 0, i 0x103, *p .r0) i .r1'
  ${If} $1 = 0
    System::Call 'advapi32::RegQueryValueExW(p r0, w "Path", p 0, *i .r2, p 0, *i .r3) i .r1'
    IntOp $7 $3 + 2048 ; room for our folder, twice
    System::Alloc $7
    Pop $4
    System::Alloc $7
    Pop $5
    ${If} $1 = 0
    ${AndIf} $2 >= 1 ; REG_SZ
    ${AndIf} $2 <= 2 ; REG_EXPAND_SZ
    ${AndIf} $4 P<> 0
    ${AndIf} $5 P<> 0
      System::Call 'advapi32::RegQueryValueExW(p r0, w "Path", p 0, p 0, p r4, *i r3) i .r1'
      ${If} $1 = 0
        System::Call 'kernel32::lstrcpyW(p r5, w ";")'
        System::Call 'kernel32::lstrcatW(p r5, p r4)'
        System::Call 'kernel32::lstrcatW(p r5, w ";")'
        System::Call 'shlwapi::StrStrIW(p r5, w ";$INSTDIR;") p .r6'
      ${EndIf}
    ${EndIf}
!macroend

!macro WritePath
  System::Call 'kernel32::lstrlenW(p r4) i .r3'
  IntOp $3 $3 + 1
  IntOp $3 $3 * 2
  System::Call 'advapi32::RegSetValueExW(p r0, w "Path", i 0, i r2, p r4, i r3)'
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
!macroend

!macro ClosePath
    System::Free $4
    System::Free $5
    System::Call 'advapi32::RegCloseKey(p r0)'
  ${EndIf}
!macroend

!macro Refuse WHY
  MessageBox MB_OK|MB_ICONSTOP "${WHY}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend

; Before anything is changed: in silent mode a file that cannot be written is passed over.
!macro RefuseInUse FOLDER
  ${If} ${FileExists} "${FOLDER}\exdiag.exe"
    ClearErrors
    FileOpen $0 "${FOLDER}\exdiag.exe" a
    ${If} ${Errors}
      !insertmacro Refuse "${FOLDER}\exdiag.exe is in use, or cannot be written. End it and start again."
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

; Takes away what an earlier setup put into a folder: there may be files that this one has not, and
; two folders in PATH would leave the older program first.
!macro RemoveEarlier FOLDER
  ${If} ${FileExists} "${FOLDER}\uninstall.exe"
    ClearErrors
    ExecWait '"${FOLDER}\uninstall.exe" /S _?=${FOLDER}' $0
    ${If} ${Errors}
    ${OrIf} $0 <> 0
      !insertmacro Refuse "What is installed in ${FOLDER} cannot be removed."
    ${EndIf}
    Delete "${FOLDER}\uninstall.exe"
    RMDir "${FOLDER}"
  ${EndIf}
!macroend

; Where no /D= says otherwise: where it is already.
Function .onInit
  SetRegView 64
  ReadRegStr $R0 HKLM "${ENTRY}" InstallLocation
  ${If} $INSTDIR == ""
    StrCpy $INSTDIR $R0
  ${EndIf}
  ${If} $INSTDIR == ""
    StrCpy $INSTDIR "$PROGRAMFILES64\exdiag"
  ${EndIf}
FunctionEnd

Section
  SetRegView 64
  System::Call 'msi::MsiEnumRelatedProductsW(w "${UPGRADE_CODE}", i 0, i 0, w .r0) i .r1'
  ${If} $1 = 0
    !insertmacro Refuse "exdiag is installed already, by its MSI. Remove that first."
  ${EndIf}
  ReadRegStr $0 HKLM "${ENTRY}" DisplayVersion
  ${VersionCompare} "$0" "${VERSION}" $1
  ${If} $1 = 1
    !insertmacro Refuse "exdiag $0 is installed, which is newer. Remove that first."
  ${EndIf}
  !insertmacro RefuseInUse "$INSTDIR"
  ${If} $R0 != ""
    !insertmacro RefuseInUse "$R0"
    !insertmacro RemoveEarlier "$R0"
  ${EndIf}
  !insertmacro RemoveEarlier "$INSTDIR"
  SetOverwrite on
  ClearErrors
  !include "${FILES}"
  ${If} ${Errors}
    !insertmacro Refuse "Not every file could be written to $INSTDIR."
  ${EndIf}
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "${ENTRY}" DisplayName "exdiag"
  WriteRegStr HKLM "${ENTRY}" DisplayVersion "${VERSION}"
  WriteRegStr HKLM "${ENTRY}" DisplayIcon "$INSTDIR\exdiag.exe"
  WriteRegStr HKLM "${ENTRY}" Publisher "The exdiag authors"
  WriteRegStr HKLM "${ENTRY}" InstallLocation "$INSTDIR"
  WriteRegStr HKLM "${ENTRY}" UninstallString '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${ENTRY}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${ENTRY}" EstimatedSize ${KIB}
  WriteRegDWORD HKLM "${ENTRY}" NoModify 1
  WriteRegDWORD HKLM "${ENTRY}" NoRepair 1
  !insertmacro OpenPath
  ${If} $6 P= 0 ; nor as Windows Installer writes it
    System::Call 'shlwapi::StrStrIW(p r5, w ";$INSTDIR\;") p .r6'
  ${EndIf}
  ${If} $6 P= 0
    System::Call 'kernel32::lstrcatW(p r4, w ";$INSTDIR")'
    !insertmacro WritePath
  ${EndIf}
  !insertmacro ClosePath
SectionEnd

Section Uninstall
  SetRegView 64
  !insertmacro RefuseInUse "$INSTDIR"
  !insertmacro OpenPath
  ${If} $6 P<> 0
  ${AndIf} $6 P<> -1
    StrLen $7 "$INSTDIR"
    IntOp $7 $7 + 1
    IntOp $7 $7 * 2
    IntPtrOp $7 $6 + $7 ; the semicolon behind our folder
    System::Call '*$6(&i2 0)'
    IntPtrOp $8 $5 + 2
    ${If} $6 P= $5
      IntPtrOp $7 $7 + 2
      System::Call 'kernel32::lstrcpyW(p r4, p r7)'
    ${Else}
      System::Call 'kernel32::lstrcpyW(p r4, p r8)'
      System::Call 'kernel32::lstrcatW(p r4, p r7)'
    ${EndIf}
    System::Call 'kernel32::lstrlenW(p r4) i .r7' ; without the semicolon that was added to look
    IntOp $7 $7 - 1
    IntOp $7 $7 * 2
    ${If} $7 >= 0
      IntPtrOp $7 $4 + $7
      System::Call '*$7(&i2 0)'
    ${EndIf}
    !insertmacro WritePath
  ${EndIf}
  !insertmacro ClosePath
  !include "${REMOVE}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKLM "${ENTRY}"
SectionEnd
