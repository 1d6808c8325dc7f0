# Training outside the function app: `alertforest train` on the storage of the service (docs/scale.md,
# infra/training-job.bicep). Node.js runs the sources as they are; nothing is compiled.
#
#   docker build -t alertforest-train .
#   docker run --rm -e AzureWebJobsStorage__accountName=... alertforest-train

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
USER node
# Half of what the smallest job has, so that native memory and the worker thread keep their share.
ENTRYPOINT ["node", "--max-old-space-size=2048", "src/cli/main.ts"]
CMD ["train"]
