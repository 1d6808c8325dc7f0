# Training outside the function app: `alertforest train` on the storage of the service (docs/scale.md,
# infra/training-job.bicep). The image holds Node.js and one compiled command, no node_modules.
#
#   docker build -t alertforest-train .
#   docker run --rm -e AzureWebJobsStorage="..." alertforest-train

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build-cli.ts /build/out

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/out/alertforest.mjs /build/out/training-thread.mjs /build/out/rules-thread.mjs ./
COPY LICENSE ./
USER node
ENTRYPOINT ["node", "alertforest.mjs"]
CMD ["train"]
