import { createHash } from "node:crypto";
import { type Call, notFound, type Route } from "../exchange.ts";
import type { Release } from "../model.ts";
import { paged } from "../paging.ts";
import { simpleUser } from "../shapes/user.ts";
import { roleOf } from "../tokens.ts";
import { nodeId } from "../world.ts";
import { rawReply } from "./git.ts";

const AT = "/repos/{owner}/{repo}/releases";
const NEEDS = ["contents"];

function assetShape(call: Call, release: Release, asset: Release["assets"][number]) {
  return {
    url: `${call.links.api}/repos/${call.repository.fullName}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId("RA", asset.id),
    name: asset.name,
    label: "",
    uploader: simpleUser(call.links, release.author),
    content_type: asset.type,
    state: "uploaded",
    size: asset.bytes.length,
    digest: `sha256:${createHash("sha256").update(asset.bytes).digest("hex")}`,
    download_count: 0,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    browser_download_url: `${call.links.html}/${call.repository.fullName}/releases/download/${release.tag}/${asset.name}`,
  };
}

function releaseShape(call: Call, release: Release) {
  const api = `${call.links.api}/repos/${call.repository.fullName}`;
  const tag = encodeURIComponent(release.tag);
  return {
    url: `${api}/releases/${release.id}`,
    assets_url: `${api}/releases/${release.id}/assets`,
    upload_url: `${api}/releases/${release.id}/assets{?name,label}`,
    html_url: `${call.links.html}/${call.repository.fullName}/releases/tag/${tag}`,
    id: release.id,
    author: simpleUser(call.links, release.author),
    node_id: nodeId("RE", release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    published_at: release.publishedAt,
    assets: release.assets.map((asset) => assetShape(call, release, asset)),
    tarball_url: `${api}/tarball/${tag}`,
    zipball_url: `${api}/zipball/${tag}`,
    body: release.body,
  };
}

/** Drafts are shown to those who may push only. */
function visible(call: Call): Release[] {
  const { principal } = call;
  const role = principal.kind === "token" ? roleOf(principal.token.account, call.repository) : "none";
  const pushes = role === "push" || role === "maintain" || role === "admin";
  return call.repository.releases.all().filter((release) => pushes || !release.draft);
}

function wanted(call: Call, fits: (release: Release) => boolean): Release {
  const found = visible(call).find(fits);
  if (found === undefined) throw notFound();
  return found;
}

export const releaseRoutes: readonly Route[] = [
  {
    method: "GET",
    template: AT,
    paged: true,
    needs: NEEDS,
    answer: (call) => paged(call, visible(call), (release) => JSON.stringify(releaseShape(call, release))),
  },
  {
    method: "GET",
    template: `${AT}/latest`,
    needs: NEEDS,
    answer: (call) => ({
      status: 200,
      body: releaseShape(
        call,
        wanted(call, (one) => !one.draft && !one.prerelease),
      ),
    }),
  },
  {
    method: "GET",
    template: `${AT}/tags/{tag}`,
    needs: NEEDS,
    answer: (call) => ({
      status: 200,
      body: releaseShape(
        call,
        wanted(call, (one) => !one.draft && one.tag === call.params.tag),
      ),
    }),
  },
  {
    method: "GET",
    template: `${AT}/{release_id}`,
    needs: NEEDS,
    answer: (call) => ({
      status: 200,
      body: releaseShape(
        call,
        wanted(call, (one) => one.id === Number(call.params.release_id)),
      ),
    }),
  },
  {
    method: "GET",
    template: `${AT}/{release_id}/assets`,
    paged: true,
    needs: NEEDS,
    answer(call) {
      const release = wanted(call, (one) => one.id === Number(call.params.release_id));
      return paged(call, release.assets, (asset) => JSON.stringify(assetShape(call, release, asset)));
    },
  },
  {
    method: "GET",
    template: `${AT}/assets/{asset_id}`,
    needs: NEEDS,
    answer(call) {
      const id = Number(call.params.asset_id);
      const release = wanted(call, (one) => one.assets.some((asset) => asset.id === id));
      const asset = release.assets.find((one) => one.id === id) as Release["assets"][number];
      if (call.headers.accept !== "application/octet-stream") {
        return { status: 200, body: assetShape(call, release, asset) };
      }
      return { ...rawReply(asset.bytes), headers: { "content-type": asset.type } };
    },
  },
];
