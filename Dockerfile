# One image: production dependencies, the sources (tsx runs them), nothing else. DATA_DIR is all that is written to.
FROM node:22-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:22-slim
# tsx would keep compiled files in the temp folder, which may be read-only.
ENV NODE_ENV=production PORT=3978 DATA_DIR=/data TSX_DISABLE_CACHE=1
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json tsconfig.json ./
COPY cards cards
COPY data data
COPY src src
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3978
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"]
# Node itself, not npm: SIGTERM reaches it, and it ends what is under way. V8 else shrinks the space of young objects
# while little happens, and every collection looks through all pages of the old ones: at a million rows 3 ms each.
CMD ["node", "--min-semi-space-size=16", "--import", "tsx", "src/main.ts"]
