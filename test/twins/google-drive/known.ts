/** Which fields a resource has, and of which kind those with fields of their own are. Discovery of drive v3, 2026-08. */
const KINDS: Record<string, { plain: string; inner?: Record<string, string> }> = {
  FileList: { plain: "kind nextPageToken incompleteSearch", inner: { files: "File" } },
  ChangeList: { plain: "kind nextPageToken newStartPageToken", inner: { changes: "Change" } },
  Change: { plain: "kind changeType type removed time fileId driveId", inner: { file: "File", drive: "Drive" } },
  File: {
    plain: `appProperties copyRequiresWriterPermission createdTime description driveId explicitlyTrashed exportLinks fileExtension
      folderColorRgb fullFileExtension hasAugmentedPermissions hasThumbnail headRevisionId iconLink id imageMediaMetadata
      inheritedPermissionsDisabled isAppAuthorized kind md5Checksum mimeType modifiedByMe modifiedByMeTime modifiedTime name
      originalFilename ownedByMe parents permissionIds properties quotaBytesUsed resourceKey sha1Checksum sha256Checksum shared
      sharedWithMeTime size spaces starred thumbnailLink thumbnailVersion trashed trashedTime version videoMediaMetadata viewedByMe
      viewedByMeTime webContentLink webViewLink writersCanShare`,
    inner: {
      ...{
        owners: "User",
        lastModifyingUser: "User",
        sharingUser: "User",
        trashingUser: "User",
        permissions: "Permission",
      },
      ...{ capabilities: "Capabilities", shortcutDetails: "Shortcut", labelInfo: "Any" },
    },
  },
  User: { plain: "kind displayName emailAddress me permissionId photoLink" },
  Permission: {
    plain: `allowFileDiscovery deleted displayName domain emailAddress expirationTime id inheritedPermissionsDisabled kind
      pendingOwner permissionDetails photoLink role type view`,
  },
  PermissionList: { plain: "kind nextPageToken", inner: { permissions: "Permission" } },
  Capabilities: { plain: "canDownload canComment canShare canEdit canListChildren canCopy canReadRevisions" },
  Shortcut: { plain: "targetId targetMimeType targetResourceKey" },
  Drive: { plain: "kind id name createdTime hidden colorRgb themeId orgUnitId restrictions capabilities" },
  DriveList: { plain: "kind nextPageToken", inner: { drives: "Drive" } },
  About: {
    plain: `appInstalled canCreateDrives exportFormats folderColorPalette importFormats kind maxImportSizes maxUploadSize
      storageQuota driveThemes`,
    inner: { user: "User", storageQuota: "Any" },
  },
  Comment: {
    plain: `anchor assigneeEmailAddress content createdTime deleted htmlContent id kind mentionedEmailAddresses modifiedTime
      resolved`,
    inner: { author: "User", replies: "Reply", quotedFileContent: "Any" },
  },
  CommentList: { plain: "kind nextPageToken", inner: { comments: "Comment" } },
  Reply: {
    plain:
      "action assigneeEmailAddress content createdTime deleted htmlContent id kind mentionedEmailAddresses modifiedTime",
    inner: { author: "User" },
  },
  StartPageToken: { plain: "kind startPageToken" },
};

/** Whether a resource of this kind has such a field. */
export function knows(kind: string): (path: string[]) => boolean {
  return (path) => {
    let here: string | undefined = kind;
    return path.every((name) => {
      if (here === "Any") return true;
      const known: (typeof KINDS)[string] | undefined = here === undefined ? undefined : KINDS[here];
      here = known?.inner?.[name];
      return here !== undefined || (known?.plain.split(/\s+/).includes(name) ?? false);
    });
  };
}
