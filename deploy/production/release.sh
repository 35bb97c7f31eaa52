#!/usr/bin/env bash
# Make the commit of a release for the branch "production", and print its name; pushing it is the workflow's work.
#
#   DIGEST, NGINX_DIGEST  the images of a release of HEAD
#   ROLLBACK_TO           a commit of the branch whose chart and images run again
#
# The branch only grows: a rollback is a new commit with the files of a former one.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
export GIT_AUTHOR_NAME=production GIT_AUTHOR_EMAIL=production@users.noreply.github.com
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
image_file=k8s/chart/image-production.yaml

parents=()
if former=$(git rev-parse --quiet --verify refs/remotes/origin/production); then parents=(-p "$former"); fi

if [ -n "${ROLLBACK_TO:-}" ]; then
  goal=$(git rev-parse --quiet --verify "$ROLLBACK_TO^{commit}") || { echo "No commit $ROLLBACK_TO" >&2; exit 1; }
  git merge-base --is-ancestor "$goal" "${former:?no branch production}" || { echo "$goal is no release" >&2; exit 1; }
  git show "$goal:$image_file" | grep --quiet 'digest: sha256:[0-9a-f]*[1-9a-f]' || { echo "$goal has no image" >&2; exit 1; }
  git commit-tree "$goal^{tree}" "${parents[@]}" -m "Go back to $goal"
  exit
fi

for digest in "${DIGEST:?}" "${NGINX_DIGEST:?}"; do
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "Not a digest: $digest" >&2; exit 1; }
done
cat > "$image_file" << YAML
# Written by .github/workflows/production.yml with each release: the image of the commit, and nginx of that day.
image:
  digest: $DIGEST
nginx:
  image:
    digest: $NGINX_DIGEST
YAML
git add "$image_file"
git commit-tree "$(git write-tree)" "${parents[@]}" -p HEAD -m "Release $(git rev-parse HEAD)"
